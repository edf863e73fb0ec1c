"""The work of perf_corpus by datatrove 0.10: FineWeb's filters, then MinHash deduplication, in two processes.

Filters: Gopher repetition, Gopher quality, C4 without terminal punctuation, FineWeb with the paper's share of repeated
lines (0.1); what is kept goes to JSON lines. Duplicates: signatures (5-grams, 14 x 8, 64 bits), buckets, clusters,
removal. Exact copies have equal signatures. Before any clock starts the documents are in memory and spaCy's tokenizer
is loaded: the executor's processes are forked and have both.
"""
import json
import os
import pathlib
import shutil
import sys
import time

sys.path.insert(0, "../common")
os.environ |= {"OMP_NUM_THREADS": "1", "LOGURU_LEVEL": "ERROR"}
import corpus_documents
import work
from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup import (MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter,
                                      MinhashDedupSignature)
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.filters import (C4QualityFilter, FineWebQualityFilter, GopherQualityFilter,
                                        GopherRepetitionFilter)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

FOLDER = pathlib.Path(os.environ["BENCH_RUN"], "datatrove")
CONFIG = MinhashConfig()
DOCUMENTS = corpus_documents.documents()


class Quotations(PipelineStep):
    """Each task has every so many of the documents; counts what it reads."""
    name = "Quotations"
    type = "READER"

    def run(self, data=None, rank: int = 0, world_size: int = 1):
        mine = DOCUMENTS[rank::world_size]
        counts = {"documents": len(mine), "text_bytes": sum(len(text.encode()) for _, text in mine)}
        (FOLDER / f"read-{rank}.json").write_text(json.dumps(counts))
        for identity, text in mine:
            yield Document(text=text, id=identity)


def execute(pipeline: list, tasks: int, name: str) -> None:
    LocalPipelineExecutor(pipeline, tasks=tasks, workers=min(tasks, work.THREADS), logging_dir=f"{FOLDER}/logs/{name}",
                          start_method="fork").run()


def writer(name: str) -> JsonlWriter:
    return JsonlWriter(f"{FOLDER}/{name}", compression=None)


def filter_documents() -> None:
    filters = [GopherRepetitionFilter(), GopherQualityFilter(), C4QualityFilter(filter_no_terminal_punct=False),
               FineWebQualityFilter(char_duplicates_ratio=0.1)]
    execute([Quotations(), *filters, writer("filtered")], work.THREADS, "filters")


def deduplicate() -> None:
    filtered = JsonlReader(f"{FOLDER}/filtered")
    execute([filtered, MinhashDedupSignature(f"{FOLDER}/signatures", CONFIG)], work.THREADS, "signatures")
    execute([MinhashDedupBuckets(f"{FOLDER}/signatures", f"{FOLDER}/buckets", config=CONFIG)], CONFIG.num_buckets,
            "buckets")
    execute([MinhashDedupCluster(f"{FOLDER}/buckets", f"{FOLDER}/removed", config=CONFIG)], 1, "clusters")
    execute([filtered, MinhashDedupFilter(f"{FOLDER}/removed"), writer("kept")], work.THREADS, "removal")


def timed(step) -> float:
    begin = time.perf_counter()
    step()
    return time.perf_counter() - begin


def texts(name: str) -> list:
    return [json.loads(line)["text"] for path in sorted((FOLDER / name).glob("*.jsonl"))
            for line in path.read_text(encoding="utf-8").splitlines()]


shutil.rmtree(FOLDER, ignore_errors=True)
FOLDER.mkdir(parents=True)
GopherRepetitionFilter().filter(Document(text="A text that loads the tokenizer.", id="0"))
MinhashDedupSignature(f"{FOLDER}/none", CONFIG).get_shingles("A text that loads the tokenizer.")
times = {"phase_time/filters": timed(filter_documents), "phase_time/duplicates": timed(deduplicate)}
read = [json.loads((FOLDER / f"read-{rank}.json").read_text()) for rank in range(work.THREADS)]
kept = texts("kept")
work.report(summary=times | {
    "documents/read": sum(counts["documents"] for counts in read), "documents/kept": len(kept),
    "text_bytes/read": sum(counts["text_bytes"] for counts in read),
    "text_bytes/kept": sum(len(text.encode()) for text in kept)})
