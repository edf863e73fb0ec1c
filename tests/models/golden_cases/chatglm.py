"""ChatGLM-6B in plain Torch, written from its description: no class of transformers has its form.

h = E[tokens]; per layer n = LN(h), h = a n + attention(n), n = LN(h), h = a n + mlp(n), a = sqrt(56).
Each half of a head is rotated (pairs i, i + quarter of the head) by a position of its own: before the
beginning of sequence the token's index and 0, from there on the index of [gMASK] and 1, 2, ...
Rows see the tokens before the beginning of sequence and those not behind themselves.
"""
import math

import torch

from golden_cases.case import Case

VOCABULARY, HIDDEN, LAYERS, HEADS, INNER = 61, 36, 2, 3, 47
WIDTH = HIDDEN // HEADS
GMASK, BOS = 57, 58


def rotated(x, positions):
    quarter = x.shape[-1] // 2
    frequencies = (1.0 / 10000 ** (torch.arange(quarter) / quarter)).half().float()
    angles = (positions[:, None] * frequencies).to(torch.float32)[:, None, :]
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x[..., :quarter], x[..., quarter:]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.input_layernorm = torch.nn.LayerNorm(HIDDEN, eps=1e-5)
        self.attention = torch.nn.Module()
        self.attention.query_key_value = torch.nn.Linear(HIDDEN, 3 * HIDDEN)
        self.attention.dense = torch.nn.Linear(HIDDEN, HIDDEN)
        self.post_attention_layernorm = torch.nn.LayerNorm(HIDDEN, eps=1e-5)
        self.mlp = torch.nn.Module()
        self.mlp.dense_h_to_4h = torch.nn.Linear(HIDDEN, INNER)
        self.mlp.dense_4h_to_h = torch.nn.Linear(INNER, HIDDEN)

    def attend(self, n, index, block, context):
        length, half = len(n), WIDTH // 2
        q, k, v = self.attention.query_key_value(n).view(length, HEADS, 3 * WIDTH).split(WIDTH, -1)
        q, k = (torch.cat([rotated(x[..., :half], index), rotated(x[..., half:], block)], -1)
                for x in (q, k))
        scores = torch.einsum("ihd,jhd->hij", q, k) / math.sqrt(WIDTH)
        seen = torch.ones(length, length).tril().bool()
        seen[:, :context] = True
        probabilities = scores.masked_fill(~seen, float("-inf")).softmax(-1)
        return self.attention.dense(torch.einsum("hij,jhd->ihd", probabilities, v).reshape(length, -1))

    def forward(self, h, index, block, context):
        alpha = math.sqrt(56)
        n = self.input_layernorm(h)
        h = alpha * n + self.attend(n, index, block, context)
        n = self.post_attention_layernorm(h)
        inner = torch.nn.functional.gelu(self.mlp.dense_h_to_4h(n), approximate="tanh")
        return alpha * n + self.mlp.dense_4h_to_h(inner)


class ChatGlm(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.transformer = torch.nn.Module()
        self.transformer.word_embeddings = torch.nn.Embedding(VOCABULARY, HIDDEN)
        self.transformer.layers = torch.nn.ModuleList(Layer() for _ in range(LAYERS))
        self.transformer.final_layernorm = torch.nn.LayerNorm(HIDDEN, eps=1e-5)
        self.lm_head = torch.nn.Linear(HIDDEN, VOCABULARY, bias=False)

    def forward(self, row):
        context, mask = row.tolist().index(BOS), row.tolist().index(GMASK)
        places = torch.arange(len(row))
        index = torch.where(places < context, places, mask)
        block = (places - context + 1).clamp(min=0)
        h = self.transformer.word_embeddings(row)
        for layer in self.transformer.layers:
            h = layer(h, index, block, context)
        return self.lm_head(self.transformer.final_layernorm(h))


class ChatGlmCase(Case):
    def row(self, length):
        row = torch.randint(0, GMASK, (length,))
        row[length // 2], row[length // 2 + 1] = GMASK, BOS
        return row


def build():
    config = dict(model_type="chatglm", vocab_size=VOCABULARY, hidden_size=HIDDEN,
                  num_layers=LAYERS, num_attention_heads=HEADS, inner_hidden_size=INNER,
                  max_sequence_length=64, layernorm_epsilon=1e-5, position_encoding_2d=True,
                  gmask_token_id=GMASK, mask_token_id=56, bos_token_id=BOS,
                  tie_word_embeddings=False)
    return ChatGlmCase(ChatGlm(), config, (7, 14, 3), logits=lambda model, row: model(row))


CASES = {"chatglm": build}
