"""Which panels show what a sweep of an experiment on abilities found, and figures of a child that no
results file has by itself."""
import collections
import dataclasses
import math
import re

import numpy

from ability_chart import LINEAR, LOG, NAMES, Panel, Point, Series
from ability_results import text

PLAIN_ANSWERS = "recall_answers@1"  # the rows of facts_refusal that have no refusals
READ_WITHOUT = {"zero": "image of zeros", "shuffled": "another row's image"}
# Of the thirteen arms of length_rope_* those that a picture has room for.
SHOWN_SCALINGS = ("yarn_log_n", "none", "linear", "ntk_log_n", "dynamic_ntk_log_n", "mixed_log_n",
                  "window")


@dataclasses.dataclass
class Beside:
    """What figures of a sweep take from other files."""
    datasets: dict  # summaries by NAME@N
    children: list  # of the sweep, those whose files are there

    def of_data(self, metric):
        """What the summary of the one data set of the children that has it says; else None."""
        found = {float(self.datasets[name][metric])
                 for name in {child.dataset for child in self.children} & set(self.datasets)
                 if metric in self.datasets[name]}
        return found.pop() if len(found) == 1 else None

    def levels(self, **metrics):
        """Title -> value, of those metrics of the data that are known; titles with _ for blanks."""
        values = {title.replace("_", " "): self.of_data(metric)
                  for title, metric in metrics.items()}
        return {title: value for title, value in values.items() if value is not None}


# Figures of a child.


def unigram_excess(child, beside):
    """What the unigram predictor of its data loses more than the exact one."""
    data = beside.datasets.get(child.dataset, {})
    if not {"predictor_loss/unigram", "predictor_loss/bayes"} <= set(data):
        return None
    return float(data["predictor_loss/unigram"] - data["predictor_loss/bayes"])


def phase_change(child, beside):
    """The first step at which the excess loss is below half of the unigram predictor's."""
    excess = unigram_excess(child, beside)
    if excess is None:
        return None
    return next((step for step, value in child.evaluations("excess_loss") if value < excess / 2), None)


def digit_product(child, _):
    """Product of the accuracies of an answer's digits, without its end: what exact match would be
    if digits were right independently of each other. Of several groups the mean over their rows;
    none without the table "positions"."""
    positions = child.table("positions")
    places = collections.defaultdict(dict)
    for group, position, accuracy, targets in zip(*(positions.get(column, []) for column in (
            "group", "position", "accuracy", "targets"))):
        places[text(group)][int(position)] = float(accuracy), int(targets)
    if not places:
        return None
    total, num_rows = 0.0, 0
    for of_group in places.values():
        digits = sorted(of_group)[:-1]
        rows = of_group[0][1]
        total += rows * math.prod(of_group[place][0] for place in digits)
        num_rows += rows
    return total / num_rows


def first_wrong_step(child, _):
    """The first position whose accuracy is below one half; none where all are above."""
    positions = child.table("positions")
    hits = collections.defaultdict(lambda: [0.0, 0])
    for position, accuracy, targets in zip(*(positions.get(column, []) for column in
                                             ("position", "accuracy", "targets"))):
        hits[int(position)][0] += float(accuracy) * int(targets)
        hits[int(position)][1] += int(targets)
    return next((place + 1 for place in sorted(hits) if 2 * hits[place][0] < hits[place][1]), None)


def plain_threshold(child, beside):
    """The precision that a threshold on the confidence of the plain arm has at the coverage of the
    child: between the coverages of its table on a line, the mean of that arm's replicates. None
    where nothing is answered."""
    coverage = child.summary.get("coverage")
    if not coverage:
        return None
    found = [numpy.interp(100 * coverage, precisions["percent"], precisions["precision"])
             for precisions in (plain.table("coverage") for plain in beside.children
                                if plain.dataset == PLAIN_ANSWERS) if precisions]
    return sum(found) / len(found) if found else None


def points_gained(child, _):
    """By rewards: final answers that are right after them, less those before, of 100."""
    if not {"final_answer", "initial_final_answer"} <= set(child.summary):
        return None
    return 100 * float(child.summary["final_answer"] - child.summary["initial_final_answer"])


# The children's experiment -> title, and what it is of a child.
DERIVED = {
    "icl_markov": ("step of the phase change", phase_change),
    "steps_s5": ("first target that is mostly wrong", first_wrong_step),
    "emergence_addition": ("product of digit accuracies", digit_product),
    "facts_refusal": ("threshold of the plain arm at that coverage", plain_threshold),
    "steps_rl": ("points gained", points_gained),
}


# Panels.


def named(arm):
    return arm.of_arm if arm.role == "treatment" else f"{arm.of_arm}, {arm.role}"


def point(sweep, metric, arm, x):
    """None where no replicate has it."""
    values = sweep.of(metric, arm)
    return Point(x, values, sweep.bands.get(f"{metric}/{arm.name}")) if values else None


def points(candidates):
    """Those that are known, from left to right."""
    return sorted((point for point in candidates if point is not None), key=lambda point: point.x)


def strip(sweep, metric, y_title, levels=None):
    """The arms beside each other."""
    series = [Series(named(arm), points([point(sweep, metric, arm, place)]))
              for place, arm in enumerate(sweep.arms)]
    return Panel("", y_title, series, NAMES, tuple(arm.name for arm in sweep.arms), levels or {})


def curve(sweep, metric, arm):
    """A metric over the steps of training, evaluation by evaluation, where all replicates have it."""
    by_step = collections.defaultdict(list)
    for child in sweep.children[arm.name]:
        for step, value in [] if child is None else child.evaluations(metric):
            by_step[step].append(value)
    count = max(map(len, by_step.values()), default=0)
    return [Point(step, values) for step, values in sorted(by_step.items()) if len(values) == count]


def curves(metric, y_title, levels):
    """`levels(beside)`."""
    def panels(sweep, beside):
        return [Panel("optimizer steps", y_title, [
            Series(named(arm), curve(sweep, metric, arm), dots=False) for arm in sweep.arms],
            levels=levels(beside))]
    return panels


def number_in(name):
    """The first number of a name; None where there is none."""
    found = re.search(r"\d+", name)
    return int(found[0]) if found else None


def numbered(sweep):
    """(arm, the number in its name) of the arms that have one."""
    return [(arm, number_in(arm.of_arm)) for arm in sweep.arms if number_in(arm.of_arm) is not None]


def by_number(sweep, metric, x_title, y_title):
    """Arms NAME_N are the series NAME over N."""
    found = collections.defaultdict(list)
    for arm, count in numbered(sweep):
        name = re.sub(r"_?\d+_?", " ", arm.of_arm).strip()
        found[f"{name}, control" if arm.role == "control" else name].append(
            point(sweep, metric, arm, count))
    return Panel(x_title, y_title, [Series(name, points(of)) for name, of in found.items()], LOG)


def markov(sweep, beside):
    excess = [unigram_excess(child, beside) for child in beside.children]
    levels = {"unigrams of the row": excess[0]} if excess and excess[0] is not None else {}
    return curves("excess_loss", "loss above the exact predictor's, nats",
                  lambda _: levels | {"exact predictor": 0.0})(sweep, beside)


def sizes(sweep, beside):
    """Over parameters: what wants everything right, what counts what is wrong, and the loss."""
    def over(metric):
        found = collections.defaultdict(list)
        for arm in sweep.arms:
            parameters = sweep.of("parameters", arm)
            if parameters:
                found[named(arm)].append(point(sweep, metric, arm, parameters[0]))
        return [Series(name, points(of)) for name, of in found.items()]

    product = []
    for arm in sweep.arms:
        values = [digit_product(child, beside) for child in sweep.children[arm.name] if child]
        parameters = sweep.of("parameters", arm)
        if arm.role == "treatment" and parameters and values and None not in values:
            product.append(Point(parameters[0], values))
    return [Panel("parameters", "exact match", [*over("exact_match"), Series(
        "product of digit accuracies", points(product))], LOG),
        Panel("parameters", "symbols to edit", over("answer_edits"), LOG),
        Panel("parameters", "loss, nats a digit", over("loss"), LOG)]


def serial_steps(sweep, _):
    groups = (2, 4, 8, 16, 24)  # the last group is called steps_to_32 and has up to 24

    def of(arm):
        return points(point(sweep, f"answer_accuracy/steps_to_{32 if n == 24 else n}", arm, n)
                      for n in groups)
    return [Panel("permutations, up to", "answers right",
                  [Series(named(arm), of(arm)) for arm in sweep.arms], LOG,
                  levels={"guessing": 0.2})]


def shown_sums(sweep, _):
    return [by_number(sweep, "answer_accuracy", "sums shown", "held-out sums right")]


def instructions(sweep, _):
    treated = [(arm, rules) for arm, rules in numbered(sweep) if arm.role != "control"]
    most = max((rules for _, rules in treated), default=1)

    def of(metric):
        return points(point(sweep, metric, arm, rules) for arm, rules in treated)

    control = [Series(f"unseen rules, {named(arm)}",
                      points([point(sweep, "exact_match/unseen", arm, most)]))
               for arm in sweep.arms if arm.role == "control"]
    return [Panel("different rules in 40,000 rows", "exact match",
                  [Series("unseen rules", of("exact_match/unseen")),
                   Series("seen rules", of("exact_match/seen")), *control], LOG)]


def languages(sweep, beside):
    return [strip(sweep, "exact_match", "held-out names right",
                  beside.levels(copying_English="exact_match/copy_en")
                  | copied_of_treatment(sweep, beside)),
            strip(sweep, "symbol_error_rate", "wrong characters (CER)")]


def copied_of_treatment(sweep, beside):
    """What copying the other language's names scores, of the first treatment's data."""
    for arm in sweep.arms:
        for child in sweep.children[arm.name] if arm.role == "treatment" else []:
            data = {} if child is None else beside.datasets.get(child.dataset, {})
            if "exact_match/copy_nearest" in data:
                return {f"copying {arm.name}": float(data["exact_match/copy_nearest"])}
    return {}


def many_languages(sweep, _):
    """Of one language alone there is no metric by language: its own is the whole."""
    for arm in sweep.arms:
        if not sweep.of("exact_match/be", arm):
            sweep.values[f"exact_match/be/{arm.name}"] = sweep.of("exact_match", arm)
    return [by_number(sweep, "exact_match/be", "languages", "held-out Belarusian names right"),
            by_number(sweep, "exact_match", "languages", "held-out names right, all languages")]


def context_lengths(sweep, _):
    lengths = sorted(int(metric.rsplit("_", 1)[1]) for metric in sweep.metrics
                     if metric.startswith("bits_per_byte/context_"))
    return [Panel("characters of context", "bits a byte of the same text", [
        Series(named(arm), points(point(sweep, f"bits_per_byte/context_{length}", arm, length)
                                  for length in lengths))
        for arm in sweep.arms if arm.of_arm in SHOWN_SCALINGS], LOG)]


def row_length(arm):
    """Of the rows that it is asked, whose data set says it in its name."""
    return number_in(" ".join(arm.axes.values())) or 0


def keys(sweep, _):
    by_arm = collections.defaultdict(list)
    for arm in sweep.arms:
        if arm.of_arm in SHOWN_SCALINGS:
            by_arm[named(arm)].append(arm)
    longest = max(map(row_length, sweep.arms))
    found = [Series(name, points(point(sweep, "exact_match", arm, row_length(arm)) for arm in of))
             for name, of in by_arm.items()]
    by_depth = [Series(name, points(point(sweep, f"exact_match/depth_{depth}", arm, depth)
                                    for arm in of if row_length(arm) == longest
                                    for depth in range(8)))
                for name, of in by_arm.items()]
    chance = {"guessing": 1 / 16}
    return [Panel("characters of the row", "keys found", found, LOG, levels=chance),
            Panel(f"eighth of a row of {longest} that has the key", "keys found", by_depth, LINEAR,
                  levels=chance)]


def images(sweep, beside):
    """The arms, and the first one's model without the image."""
    names = [arm.name for arm in sweep.arms] + [*READ_WITHOUT.values()]

    def of(metric, y_title, level):
        series = [Series(named(arm), points([point(sweep, metric, arm, place)]))
                  for place, arm in enumerate(sweep.arms)]
        first = sweep.arms[0]
        for place, (label, title) in enumerate(READ_WITHOUT.items(), len(sweep.arms)):
            series.append(Series(f"{title}, control",
                                 points([point(sweep, f"{metric}/{label}", first, place)])))
        nearest = beside.datasets.get(
            next((child.dataset for child in sweep.children[first.name] if child), None), {})
        levels = {"nearest image": float(nearest[level])} if level in nearest else {}
        return Panel("", y_title, series, NAMES, tuple(names), levels)
    return [of("answer_symbol_accuracy", "digits right",
               "predictor_accuracy/nearest_neighbour_moved"),
            of("exact_match", "strips right", "predictor_exact_match/nearest_neighbour_moved")]


def bound(sweep, _):
    titles = {"hallucination_rate/best": "false statements, best predictor",
              "hallucination_bound/best": "bound, best predictor",
              "monofact_rate": "facts seen once",
              "hallucination_rate": "false statements, trained on"}
    arms = numbered(sweep)
    over_draws = Panel("draws of 3,000 facts", "probability", [
        Series(title, points(point(sweep, metric, arm, draws) for arm, draws in arms))
        for metric, title in titles.items()], LOG)
    if not arms:
        return []
    fewest, draws = min(arms, key=lambda of: of[1])
    over_steps = Panel(f"optimizer steps, {draws:,} draws", "probability", [
        Series(title, [at for at in curve(sweep, metric, fewest) if at.x > 0], dots=False)
        for metric, title in (("hallucination_rate", "false statements"),
                              ("hallucination_bound", "bound"))], LOG)
    return [over_draws, over_steps]


def refusals(sweep, beside):
    exposures = [0, *(2 ** power for power in range(11))]
    answered = Panel("times a fact was seen, at least", "questions answered", [
        Series(named(arm), points(point(sweep, f"coverage/exposures_{times}", arm, place)
                                  for place, times in enumerate(exposures)))
        for arm in sweep.arms], NAMES, tuple(map(str, exposures)))
    against = [Series(named(arm), [Point(sum(shares) / len(shares), values)]) for arm in sweep.arms
               if (shares := sweep.of("coverage", arm))
               and (values := sweep.of("answer_precision", arm))]
    tables = [child.table("coverage") for child in beside.children
              if child.dataset == PLAIN_ANSWERS]
    thresholds = [Point(percent / 100, [float(row["precision"][i]) for row in tables])
                  for i, percent in enumerate(tables[0]["percent"])] if tables and all(tables) else []
    return [answered, Panel("share of the questions answered", "right of the answered", [
        *against, Series("threshold on the plain arm's confidence", thresholds, dots=False)])]


PANELS = {
    "icl_markov": markov,
    "icl_induction": curves("token_accuracy", "symbols right", lambda _: {"guessing": 1 / 32}),
    "emergence_addition": sizes,
    "steps_s5": serial_steps,
    "steps_addition": shown_sums,
    "steps_rl": curves("final_answer", "held-out answers right", lambda _: {}),
    "instructions_unseen": instructions,
    "languages_transfer": languages,
    "languages_curse": many_languages,
    "length_rope_text": context_lengths,
    "length_rope_keys": keys,
    "read_digits": images,
    "facts_bound": bound,
    "facts_refusal": refusals,
}


def panels_of(sweep, beside):
    """Of an experiment that is not known here: its first three metrics, arm by arm."""
    if sweep.experiment in PANELS:
        return PANELS[sweep.experiment](sweep, beside)
    return [strip(sweep, metric, metric) for metric in sweep.metrics[:3]]
