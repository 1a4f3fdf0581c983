"""The Rust library as a peer, through PyPI's `tokenizers`."""

import os
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "torch"))

from protocol import serve  # noqa: E402


class Encoding:
    def __init__(self, case, sizes):
        from tokenizers import Tokenizer, models, pre_tokenizers

        def make():
            folder = sizes["gpt2"]
            model = models.BPE.from_file(os.path.join(folder, "encoder.json"), os.path.join(folder, "vocab.bpe"))
            tokenizer = Tokenizer(model)
            tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
            return tokenizer

        with open(sizes["text"], encoding="utf-8", newline="") as file:
            self.text = file.read()
        self.lines = self.text.splitlines(keepends=True)
        self.case, self.make, self.tokenizer = case, make, make()

    def prepare(self, steps):
        if self.case == "encode-cold":
            self.tokenizer = self.make()
        self.steps = steps
        self.results = []

    def run(self):
        for _ in range(self.steps):
            if self.case == "encode-lines":
                # One call for all: that is how it uses its threads.
                encodings = self.tokenizer.encode_batch_fast(self.lines)
                self.results.append([encoding.ids for encoding in encodings])
            else:
                self.results.append([self.tokenizer.encode(self.text).ids])

    def inspect(self):
        for result in self.results:
            tokens = sum(map(len, result))
            assert tokens > len(self.text) / 20, f"{tokens} tokens are too few"


class Training:
    def __init__(self, case, sizes):
        with open(sizes["text"], encoding="utf-8", newline="") as file:
            self.lines = file.read().splitlines(keepends=True)
        self.case, self.vocabulary = case, sizes["vocabulary"]

    def make(self):
        from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

        options = dict(vocab_size=self.vocabulary, show_progress=False)
        if self.case == "train-bpe":
            tokenizer = Tokenizer(models.BPE())
            tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
            return tokenizer, trainers.BpeTrainer(initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), **options)
        if self.case == "train-wordpiece":
            tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
            tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
            tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
            return tokenizer, trainers.WordPieceTrainer(special_tokens=["[UNK]"], **options)
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        return tokenizer, trainers.UnigramTrainer(unk_token="<unk>", **options)

    def prepare(self, steps):
        self.pairs = [self.make() for _ in range(steps)]

    def run(self):
        for tokenizer, trainer in self.pairs:
            tokenizer.train_from_iterator(self.lines, trainer)

    def inspect(self):
        for tokenizer, _ in self.pairs:
            size = tokenizer.get_vocab_size()
            assert 0 < size <= self.vocabulary, f"{size} tokens, not {self.vocabulary}"


def open_session(assignment):
    os.environ["RAYON_NUM_THREADS"] = str(assignment["threads"])
    os.environ["TOKENIZERS_PARALLELISM"] = "true"
    import tokenizers

    case = assignment["case"]
    kind = Training if case.startswith("train") else Encoding
    name = f"tokenizers {tokenizers.__version__}, {assignment['threads']} threads"
    return name, kind(case, assignment["sizes"])


serve(open_session)
