"""The tokenizers that compare_vocabularies.py and make_vocabulary_golden.py compare ours with:
Qwen's and ChatGLM-6B's own code, from PyPI packages that have it.

    pip install --no-deps dashscope==2.0.2 mindnlp==0.4.1
    pip install tiktoken==0.14.0 sentencepiece==0.1.97 protobuf==3.20.3

SentencePiece is of the version that ours is built with: on ties, versions differ. dashscope also has Qwen's
vocabulary. ChatGLM-6B's is in no package: models() trains small ones with
`sentencepiece` and makes of them what its code makes of the two published files.
"""
import ast
import importlib
import importlib.metadata
import importlib.util
import io
import pathlib
import sys
import types
import typing

SENTENCEPIECE = "0.1.97"
MARKS = ["[MASK]", "[gMASK]", "[sMASK]", "<unused_0>", "<sop>", "<eop>", "<ENC>", "<dBLOCK>"]
BLANKS = ["<|tab|>"] + [f"<|blank_{i}|>" for i in range(2, 81)]
CONTROL, USER_DEFINED, BYTE = 3, 4, 6
NUM_IMAGE_TOKENS = 20000


def missing_packages():
    missing = []
    for name in ("dashscope", "mindnlp", "tiktoken", "sentencepiece", "protobuf"):
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
            continue
        if name == "sentencepiece" and version != SENTENCEPIECE:
            missing.append(f"{name} {SENTENCEPIECE} (but {version})")
    return missing


def folder_of(package):
    return pathlib.Path(importlib.util.find_spec(package).submodule_search_locations[0])


def qwen_vocabulary():
    return folder_of("dashscope") / "resources" / "qwen.tiktoken"


def qwen_tokenizer(path):
    """dashscope's QwenTokenizer of a file, without the rest of that package."""
    folder = folder_of("dashscope")
    for name, place in (("dashscope", folder), ("dashscope.tokenizers", folder / "tokenizers")):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(place)]
    return importlib.import_module("dashscope.tokenizers.qwen_tokenizer").QwenTokenizer(str(path))


def chatglm_tokenizer(path, num_image_tokens):
    """mindnlp's copy of ChatGLM-6B's SPTokenizer, without the rest of that package."""
    import sentencepiece
    source = folder_of("mindnlp") / "transformers/models/chatglm/tokenization_chatglm.py"
    tree = ast.parse(source.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body
                 if isinstance(node, ast.ClassDef) and node.name in ("TextTokenizer", "SPTokenizer")]
    scope = {"spm": sentencepiece, "List": typing.List, "Union": typing.Union}
    exec(compile(tree, str(source), "exec"), scope)  # pylint: disable=exec-used
    return scope["SPTokenizer"](str(path), num_image_tokens=num_image_tokens)


def train(texts, **options):
    """A model with the pieces that the first published file begins with: <unk>, <s>, </s>, <pad>, <n>."""
    import sentencepiece
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.Train(
        sentence_iterator=iter(texts), model_writer=model, user_defined_symbols=["<n>"], unk_id=0,
        bos_id=1, eos_id=2, pad_id=3, num_threads=1, minloglevel=2, **options)
    return model.getvalue()


def completed(model, mark_type):
    """With the pieces that ChatGLM's code adds to the first published file, by the protobuf library."""
    from sentencepiece import sentencepiece_model_pb2 as format_of_models
    proto = format_of_models.ModelProto.FromString(model)

    def add(piece, kind):
        proto.pieces.append(format_of_models.ModelProto.SentencePiece(piece=piece, score=0.0, type=kind))
    for mark in MARKS:
        add(mark, mark_type)
    for blank in BLANKS:
        add(blank, USER_DEFINED)
    for byte in range(256):
        add(f"<0x{byte:02X}>", BYTE)
    proto.trainer_spec.byte_fallback = True
    return proto.SerializeToString()
