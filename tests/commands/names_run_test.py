"""Names in several languages through the real binary: the data set against a second implementation
(tests/harness/stages/names/names_oracle.py), pre-training on it by groups, the metrics of its
answers worked out again, and the experiments on languages as far as a few steps.

usage: names_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import hashlib
import json
import pathlib
import random
import re
import shutil
import sys
import tomllib
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "harness/stages/names"))
from command_case import SOURCE, ExperimentsCase, summary_of  # noqa: E402
from tiny_run import deterministic_content, symbols_clm  # noqa: E402
import names_oracle  # noqa: E402

NAMES = """\
stage = "names"
base_seed = 3
[names]
sources = ["{source}"]
languages = {languages}
held_out_names = {held_out}
{more}
"""


def clm(group, group_rows, steps):
    return symbols_clm(model={"num_layers": 1}, training={"steps": steps, "max_tokens": 40},
                       sampling={"by": "groups", "group": group, "group_rows": group_rows},
                       evaluation={"every_steps": None, "tokens_per_language": 0, "num_samples": 1000})


LETTERS = {"be": "абвгдежзійклмноўпрстуфхцчшыьэюя", "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
           "de": "abcdefghijklmnoprstuwzäöüß"}
# Experiment -> a metric that its question is about.
EXPERIMENTS = {"languages_transfer": "exact_match", "languages_curse": "exact_match/be"}


def records_of(languages, count=200, seed=1):
    """Invented names in all of them: some are missing, long, ambiguous, untranslated, decomposed or
    have characters that rows cannot have."""
    draw = random.Random(seed)

    def word(letters, least=2, most=12):
        return "".join(draw.choice(letters) for _ in range(draw.randint(least, most)))

    records = []
    for number in range(count):
        english = f"{word('abcdefghijklmnopqrstuvwxyz').title()} {number}"[:draw.choice([16, 16, 18])]
        translations = {}
        for language in languages:
            kind = draw.random()
            if kind < 0.1:
                continue
            name = word(LETTERS.get(language, LETTERS["de"]))
            if kind < 0.14:
                name = english
            elif kind < 0.18:
                name += draw.choice(["=", "<", "\t", "\u2581", " " * 3])
            elif kind < 0.22:
                name = "\u00a0i\u0308" + name + " "
            elif kind < 0.26:
                name = word(LETTERS["de"], 16, 18)
            translations[language] = name
        if translations:
            records.append({"catalogue": "m.mo", "context": "", "english": english,
                            "translations": translations})
    for record in records[:6]:  # the same again, and another name in the first language
        again = json.loads(json.dumps(record))
        again["context"] = "again"
        again["translations"][languages[0]] = "інакш" if record is records[0] else \
            again["translations"].get(languages[0], "нова")
        records.append(again)
    return records


def table(file, name):
    """Rows as dictionaries."""
    columns = {column: file[f"tables/{name}/{column}"][:] for column in file[f"tables/{name}"]}
    return [{key: value.decode() if isinstance(value, bytes) else value.item()
             for key, value in zip(columns, row)} for row in zip(*columns.values())]


def constant_records():
    """"uk" calls everything the same, so that a model can learn it by heart."""
    records = records_of(["be"], count=120)
    for record in records:
        record["translations"]["uk"] = "так"
    return records


def constant_rows(languages='["be", "uk"]', held_out=25):
    return NAMES.format(source="constant", languages=languages, held_out=held_out, more="")


# Languages and other fields of data sets that are made by the second implementation too.
CASES = (('["be", "uk", "de"]', ""), ('["uk", "be"]', 'held_out_elsewhere = "left_out"'),
         ('["de", "be", "uk"]', 'held_out_elsewhere = "asked"\nuntranslated = "kept"'),
         ('["be"]', 'vocabulary_languages = ["de"]\nmax_characters = 9'))


class Names(ExperimentsCase):
    SOURCES = {"things": records_of(["be", "uk", "de"]), "constant": constant_records()}
    DEFINITIONS = {
        **{f"case_{number}": NAMES.format(source="things", languages=languages, held_out=30, more=more)
           for number, (languages, more) in enumerate(CASES)},
        "rows": constant_rows(),
        # All rows are of "uk": what the model writes when it is asked in "be" is the wrong language.
        "by_heart": clm("uk", 8, 80),
        "asked": 'stage = "evaluate"\n[run]\nthreads = 1\n'
                 '[model]\nartifact = "by_heart@1"\n[rows]\ndataset = "rows@1"\n',
        "mixture": clm("be", 3, 12),
        "absent": clm("de", 3, 12),
        "many": constant_rows(held_out=1000),
        "missing": constant_rows('["be", "sr"]', 10),
    }

    def setUp(self):
        super().setUp()
        if not (self.experiments / "data").exists():
            for name, records in self.SOURCES.items():
                self.write_source(name, records)

    def write_source(self, name, records):
        """Declared, and its records in the store: nothing is fetched."""
        lines = {json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in records}
        content = "".join(line + "\n" for line in sorted(lines, key=str.encode)).encode()
        digest = hashlib.sha256(content).hexdigest()
        sources = self.place.store / "sources"
        sources.mkdir(parents=True, exist_ok=True)
        (sources / f"{name}-{digest[:16]}.jsonl").write_bytes(content)
        manifest = self.experiments / "data" / f"{name}.toml"
        manifest.parent.mkdir(parents=True, exist_ok=True)
        manifest.write_text(f"""kind = "gettext"
package = "no-such-package"
licence = "none"
description = "made by a test"
files = ["usr/share/locale/*/LC_MESSAGES/*.mo"]
sha256 = "{digest}"
""")

    def test_rows_are_those_of_the_second_implementation(self):
        records = self.SOURCES["things"]
        for name in (f"case_{number}" for number in range(len(CASES))):
            fields = tomllib.loads(self.DEFINITIONS[name])["names"]
            with self.subTest(fields=fields):
                self.compare(names_oracle.expected_rows(records, fields, 3), fields, self.made(name), len(records))

    def compare(self, expected, fields, result, num_records):
        actual = names_oracle.read_artifact(self.artifact(result))
        for part, rows in actual.items():
            self.assertEqual(rows, getattr(expected, part), part)
        languages = fields["languages"]
        self.assertEqual(sum(row.group == 0 for row in expected.validation), 30)
        with h5py.File(result) as file:
            summary = summary_of(file)
            dropped, copied = table(file, "dropped"), table(file, "copies")
            data = {(row["group"], row["part"]): row["rows"] for row in table(file, "data")}
        self.assertEqual(summary["vocab_size"], 4 + len(expected.symbols))
        trained = {row.key for row in expected.train}
        self.assertEqual(summary["held_out_in_training"],
                         len({row.key for row in expected.validation} & trained))
        if fields.get("held_out_elsewhere", "trained") == "trained" and len(languages) > 1:
            self.assertGreater(summary["held_out_in_training"], 0)
        else:
            self.assertEqual(summary["held_out_in_training"], 0)
        for number, language in enumerate(languages):
            for part in ("train", "validation"):
                rows = sum(row.group == number for row in getattr(expected, part))
                self.assertEqual(data[language, part], rows)
            if data[language, "validation"]:
                self.assertEqual(summary[f"held_out_in_training/{language}"], 0)
        self.assertEqual({row["language"] for row in dropped},
                         {*languages, *fields.get("vocabulary_languages", [])})
        self.assertGreater(sum(row["count"] for row in dropped), 0)
        self.assertLess(sum(row["count"] for row in dropped if row["language"] == languages[0]), num_records)
        scores = names_oracle.copies(expected, languages)
        self.assertEqual([row["of"] for row in copied], list(scores))
        for row in copied:
            exact, error_rate = scores[row["of"]]
            self.assertEqual(row["rows"], 30)
            self.assertAlmostEqual(row["exact_match"], exact, places=12)
            self.assertAlmostEqual(row["symbol_error_rate"], error_rate, places=12)
        self.assertAlmostEqual(summary["symbol_error_rate/copy_en"], scores["en"][1], places=12)
        if len(languages) > 1:
            nearest = min(scores[language][1] for language in languages[1:])
            self.assertAlmostEqual(summary["symbol_error_rate/copy_nearest"], nearest, places=12)

    def test_metrics_of_answers_are_those_of_the_samples(self):
        with h5py.File(self.made("by_heart")) as file:
            summary, samples = summary_of(file), table(file, "samples")
        self.assertEqual(len(samples), 25)
        names = names_oracle.names_of(self.SOURCES["constant"], {**names_oracle.DEFAULTS, "languages": ["be", "uk"]})
        wrong = total = symbols = 0
        for sample in samples:
            language, english = re.fullmatch(r"<(\w+)>(.*)=", sample["input"]).groups()
            self.assertEqual(language, "be")
            self.assertEqual(sample["reference"], names[english]["be"])
            total += names_oracle.edits(sample["answer"], sample["reference"])
            symbols += len(sample["reference"])
            wrong += sample["answer"] == names[english]["uk"] != names[english]["be"]
        self.assertGreater(wrong, 0)
        self.assertAlmostEqual(summary["wrong_language_rate"], wrong / 25, places=12)
        self.assertAlmostEqual(summary["symbol_error_rate"], total / symbols, places=12)
        self.assertAlmostEqual(summary["exact_match"],
                               sum(sample["exact_match"] for sample in samples) / 25, places=12)

    def test_an_evaluation_of_the_stored_model_finds_the_same(self):
        with h5py.File(self.made("by_heart")) as file:
            expected = summary_of(file)
        with h5py.File(self.made("asked")) as file:
            asked = summary_of(file)
        for metric in ("exact_match", "symbol_error_rate", "wrong_language_rate"):
            self.assertEqual(asked[metric], expected[metric], metric)
        self.assertAlmostEqual(asked["loss"], expected["loss"], places=5)

    def test_stopped_at_any_step_a_mixture_continues_to_the_same_bits(self):
        expected = deterministic_content(self.made("mixture"))
        self.assert_stops_change_no_bit(("--experiments", self.experiments, "mixture"), ((0, 3, 9),), expected)

    def test_a_group_that_is_not_there_is_refused(self):
        self.assert_fails(self.named("absent"), 2, 'sampling.group: "de" has no training rows')

    def test_too_many_held_out_names_and_missing_languages_are_refused(self):
        self.assert_fails(self.named("many"), 2, "names.held_out_names: 1000 leaves none")
        self.assert_fails(self.named("missing"), 4, 'no name in "sr"')

    def copy_small(self, name):
        """A committed experiment and its rows, of invented names of which fewer are held out; returns
        the languages that these need."""
        folder = self.experiments / name
        if folder.exists():
            return set()
        shutil.copytree(SOURCE / "experiments" / name, folder)
        languages = set()
        for path in folder.glob("v*.toml"):
            text = path.read_text()
            for needed in re.findall(r'(?m)^dataset = "(\w+)@', text):
                languages |= self.copy_small(needed)
            fields = tomllib.loads(text).get("names", {})
            languages |= {*fields.get("languages", []), *fields.get("vocabulary_languages", [])}
            path.write_text(re.sub(r"(?m)^held_out_names = \d+$", "held_out_names = 20", text))
        return languages

    def test_experiments_on_languages_run(self):
        languages = set()
        for name in EXPERIMENTS:
            languages |= self.copy_small(name)
        self.write_source("iso_codes_names", records_of(sorted(languages), count=120))
        self.lock()
        for name, metric in EXPERIMENTS.items():
            with self.subTest(experiment=name):
                with h5py.File(self.run_named(name, "--steps", 3)) as file:
                    summary = summary_of(file)
                for wanted in (metric, "symbol_error_rate", "wrong_language_rate"):
                    self.assertIn(wanted, summary)

    def test_every_data_set_of_the_experiments_is_asked_the_same_of_its_first_language(self):
        """The arms differ in what they train on, in nothing else: base seed, vocabulary, questions."""
        arms = {}
        for path in sorted((SOURCE / "experiments").glob("languages_*/v1.toml")):
            definition = tomllib.loads(path.read_text())
            if definition["stage"] == "names":
                arms[path.parent.name] = definition
        for prefix in ("languages_be", "languages_of_"):
            group = [definition for name, definition in arms.items() if name.startswith(prefix)]
            self.assertGreaterEqual(len(group), 4)
            self.assertEqual({definition["base_seed"] for definition in group}, {1})
            fields = [definition["names"] for definition in group]
            self.assertEqual({field["languages"][0] for field in fields}, {"be"})
            for same in ("max_characters", "held_out_names", "untranslated"):
                self.assertEqual(len({field.get(same) for field in fields}), 1, same)
            vocabularies = {frozenset([*field["languages"], *field.get("vocabulary_languages", [])])
                            for field in fields}
            self.assertEqual(len(vocabularies), 1)


if __name__ == "__main__":
    unittest.main()
