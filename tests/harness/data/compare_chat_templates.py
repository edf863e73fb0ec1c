"""Compares our prompts with what Jinja renders from the chat templates that we take for them.

    compare_chat_templates.py SOURCE BUILD [--count 500] [--seed 1]

Every known template renders our prompt, and behind it answer and end token. Random layouts of
templates (white space, its control, comments, quotes) that have one form render the same text.
Exits 1 at any difference, 77 where Jinja is not installed.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys

try:
    import jinja2
    import jinja2.sandbox
except ImportError:
    jinja2 = None

PIECES = ["{% for message in messages %}", "{% endfor %}", "{% if add_generation_prompt %}", "{% endif %}",
          "{% if loop.first %}", "{{ '<|a|>' + message['role'] }}", "{{ message['content'] | trim }}",
          "{{ bos_token }}", "{% set x = 'y' %}", "{{ x }}", "text", " ", "\n", "  \n  ", "\t", "{# note #}",
          "{{ '\\n' }}", '{{ "it\'s" }}', "{", "}"]
MESSAGES = [[{"role": "user", "content": " a\n"}], [{"role": "user", "content": "b"},
                                                   {"role": "assistant", "content": " c "}]]


def environment():
    """That of transformers' apply_chat_template."""
    return jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)


def render(template, messages, add_generation_prompt, bos_token="<s>"):
    return environment().from_string(template).render(
        messages=messages, add_generation_prompt=add_generation_prompt, bos_token=bos_token,
        eos_token="</s>")


def answers(build, requests):
    tool = pathlib.Path(build) / "tests" / "harness" / "data" / "chat_template_tool"
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    result = subprocess.run([tool], input=lines, capture_output=True, encoding="utf-8", check=True)
    return [json.loads(line) for line in result.stdout.split("\n")[:-1]]


def messages_of(row, example):
    content, extra = example["instruction"], {}
    if example["input"]:
        if row in ("alpaca", "plain"):
            extra = {"input": example["input"]}
        else:
            content += "\n" + example["input"]
    earlier = list(example["earlier"])
    if row in ("alpaca", "plain") and earlier and earlier[0]["role"] == "system":
        # These have no place for it: it stands before the first message.
        system = earlier.pop(0)["content"] + "\n\n"
        if earlier:
            earlier[0] = {"role": "user", "content": system + earlier[0]["content"]}
        else:
            content = system + content
    return [*earlier, {"role": "user", "content": content, **extra},
            {"role": "assistant", "content": example["output"]}]


def wrong_rows(known):
    wrong = []
    for template in known:
        bos = template["bos_token"] or "<s>"
        for example in template["prompts"]:
            messages = messages_of(template["row"], example)
            prompt = example["prompt"]
            asked = render(template["jinja"], messages[:-1], True, bos)
            whole = render(template["jinja"], messages, False, bos)
            if asked != prompt or not whole.startswith(prompt + example["target"]):
                wrong.append((template["row"], template["jinja"], prompt, asked, whole))
    return wrong


def layout(draw, template):
    """The template, written another way; often with another meaning."""
    for old, new in draw.sample([("{% ", "{%- "), (" %}", " -%}"), ("{{ ", "{{- "), (" }}", " -}}"),
                                 ("{% ", "{%"), ("{% ", "\n{% "), (" %}", " %}\n"), (" %}", " +%}"),
                                 ("{% ", "{%+ "), ("'", '"'), ("\\n", "\n"), ("\n", "\r\n"),
                                 (" + ", "\n+"), ("}}{", "}}{# x #}{"), ("}}{", "}}\n{"),
                                 ("{% ", "  {% ")], draw.choice([1, 1, 2, 4])):
        if draw.random() < 0.5:
            template = template.replace(old, new)
        else:
            template = template.replace(old, new, 1)
    return template


def rendered(template):
    """What the template says to some conversations; None if it is none."""
    try:
        return [render(template, messages, add) for messages in MESSAGES for add in (False, True)]
    except jinja2.TemplateError:
        return None


def wrong_forms(build, known, draw, count):
    pairs = []
    for _ in range(count):
        if draw.random() < 0.4:
            one = draw.choice(known)["jinja"]
        else:
            one = "".join(draw.choice(PIECES) for _ in range(draw.randint(1, 12)))
        pairs.append((layout(draw, one), layout(draw, one)))
    forms = answers(build, [text for pair in pairs for text in pair])
    wrong, num_same = [], 0
    for (one, other), first, second in zip(pairs, forms[::2], forms[1::2]):
        if first is None or first != second or one == other:
            continue
        said = rendered(one)
        if said is None:
            continue
        num_same += 1
        if said != rendered(other):
            wrong.append((one, other, said, rendered(other)))
    return wrong, num_same


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("build")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if jinja2 is None:
        print("Jinja is not installed")
        sys.exit(77)
    known, = answers(options.build, [None])
    rows = wrong_rows(known)
    forms, num_same = wrong_forms(options.build, known, random.Random(options.seed), options.count)
    print(f"{len(known)} known templates, {len(rows)} wrong prompts; {num_same} pairs of one form, "
          f"{len(forms)} that render differently")
    for wrong in (rows + forms)[:5]:
        print("  ", *map(ascii, wrong), sep="\n     ")
    # A test in which hardly two layouts had one form would show nothing.
    sys.exit(1 if rows or forms or len(known) < 23 or num_same < options.count // 20 else 0)


if __name__ == "__main__":
    main()
