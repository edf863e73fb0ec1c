"""Makes golden/chat_formats.json: conversations as the chat formats of others write them.

    pip install --no-deps fschat==0.2.36
    make_chat_formats_golden.py MOSS_README > golden/chat_formats.json

The texts are those of FastChat's fastchat/conversation.py. MOSS, which FastChat does not have, is written
as the README.md of OpenLMLab/MOSS does (commit c810e0b6), whose path is MOSS_README. What tokenizers put
around a text by themselves is not in FastChat's texts, and is added here: BOS, and ChatGLM's marks.
"""
import ast
import importlib.metadata
import json
import re
import sys

from fastchat.conversation import get_conv_template

FSCHAT = "0.2.36"
OWN = object()  # the format's own system message
TURNS = [
    [("Hello?", "Hi.")],
    [(" Two lines:\n\n\n\tone\r\n\r\nand another \n", " 你好，世界 \n\n")],
    [("Then?", "Now."), ("中文？", "可以\n\n的。 "), ("<s> {x} [INST] </s>", "'\"\\n")],
    [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")],
]
S = {"bos": "<s>", "eos": "</s>"}
PLAIN = {"bos": "", "eos": "<|endoftext|>"}
DEEPSEEK = {"bos": "<｜begin▁of▁sentence｜>", "eos": "<｜end▁of▁sentence｜>"}
# Ours -> FastChat's name, BOS and EOS, what the tokenizer puts before the text and behind a prompt, and
# the system messages that are tried. A message "" is none, where a format has one of its own: FastChat's
# for Vicuna leaves the space behind it.
FORMATS = [
    ("vicuna", "vicuna_v1.1", S, "<s>", "", [OWN, "Be brief.", ""]),
    ("llama2", "llama-2", S, "<s>", "", [None, "Be\nbrief. "]),
    ("chatml", "Yi-34b-chat", PLAIN, "", "", [None]),
    ("qwen", "qwen-7b-chat", PLAIN, "", "", [OWN, " Be\nbrief.", ""]),
    ("chatglm", "chatglm", {"bos": "<sop>", "eos": "<eop>"}, "", "[gMASK]<sop>", [None, "简洁。"]),
    ("chatglm2", "chatglm2", S, "[gMASK]sop", "", [None, "简洁。"]),
    ("baichuan", "baichuan-chat", S, "", "", [None, "Be brief."]),
    ("baichuan2", "baichuan2-chat", S, "", "", [None, "Be brief."]),
    ("internlm", "internlm-chat", S, "<s>", "", [OWN, "Be brief.\n"]),
    ("tigerbot", "tigerbot", S, "<s>", "", [None, "Be brief."]),
    ("stablelm", "stablelm", PLAIN, "", "", [OWN, "Be brief."]),
    ("falcon", "falcon", PLAIN, "", "", [None]),
    # FastChat has BOS in the place of a system message.
    ("deepseek", "deepseek-chat", DEEPSEEK, "", "", [OWN]),
]


def fastchat(name, system, turns, answered):
    conversation = get_conv_template(name)
    if system is not OWN:
        conversation.set_system_message(system or "")
    for number, (user, assistant) in enumerate(turns, start=1):
        conversation.append_message(conversation.roles[0], user)
        conversation.append_message(conversation.roles[1],
                                    assistant if answered or number < len(turns) else None)
    return conversation.get_prompt()


def moss(system, turns, answered):
    """query = meta_instruction + "<|Human|>: 你好<eoh>\\n<|MOSS|>:"; the next is all tokens so far, decoded,
    + "\\n<|Human|>: 推荐五部科幻电影<eoh>\\n<|MOSS|>:". A turn is "<|MOSS|>: ...<eom>"."""
    text = system
    for number, (user, assistant) in enumerate(turns, start=1):
        text += ("\n" if number > 1 else "") + f"<|Human|>: {user}<eoh>\n<|MOSS|>:"
        if answered or number < len(turns):
            text += f" {assistant}<eom>"
    return text


def case(name, special, system, turns, prompt, whole):
    return {"template": name, **special, "system": None if system in (OWN, None) else system,
            "turns": turns, "prompt": prompt, "whole": whole}


def main():
    version = importlib.metadata.version("fschat")
    if version != FSCHAT:
        sys.exit(f"fschat {version} is installed, these are the texts of {FSCHAT}")
    cases = []
    for name, theirs, special, before, behind, systems in FORMATS:
        for system in systems:
            for turns in TURNS:
                prompt, whole = (before + fastchat(theirs, system, turns, answered)
                                 for answered in (False, True))
                asked = prompt
                if behind:
                    whole = prompt + behind + whole.removeprefix(prompt)
                cases.append(case(name, special, system, turns, asked + behind, whole))
    readme = open(sys.argv[1], encoding="utf-8").read()
    meta = ast.literal_eval(re.search(r'meta_instruction = (".*")', readme)[1])
    for system in (meta, "Be brief.\n"):
        for turns in TURNS:
            prompt, whole = (moss(system, turns, answered) for answered in (False, True))
            cases.append(case("moss", PLAIN, OWN if system == meta else system, turns, prompt, whole))
    json.dump({"fschat": FSCHAT, "cases": cases}, sys.stdout, ensure_ascii=False, indent=1)
    print()


main()
