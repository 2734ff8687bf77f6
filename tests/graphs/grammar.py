"""A reader of DOT, by Graphviz's grammar as far as it goes without HTML and ports.

https://graphviz.org/doc/info/lang.html: strings end at the first quotation mark without a
backslash before it; everything else that may name a thing is a word or a number.
"""

import re

TOKEN = re.compile(
    r'\s*(?:("(?:[^"\\]|\\.)*")|([A-Za-z_\x80-\U0010ffff][\w]*|-?(?:\.\d+|\d+(?:\.\d*)?))|(->|[{}\[\];,=]))',
    re.DOTALL,
)
KEYWORDS = {"node", "edge", "graph", "digraph", "subgraph", "strict"}


class Reader:
    """What a text in DOT says: labels by node, edges, and the nodes of each cluster."""

    def __init__(self, text):
        self.tokens, position = [], 0
        while text[position:].strip():
            match = TOKEN.match(text, position)
            assert match, f"no token at {text[position : position + 20]!r}"
            self.tokens.append(match[match.lastindex])
            position = match.end()
        self.labels, self.edges, self.clusters = {}, [], {}
        assert self.next() == "digraph"
        self.block("")
        assert not self.tokens

    def next(self):
        return self.tokens.pop(0)

    def block(self, cluster):
        assert self.next() == "{"
        while self.tokens[0] != "}":
            self.statement(cluster)
        self.next()

    def statement(self, cluster):
        name = self.next()
        if name == "subgraph":
            inner = self.next()
            self.clusters[inner] = {"nodes": []}
            self.block(inner)
            return
        assert re.fullmatch(r"\w+", name)
        if self.tokens[0] == "=":
            self.next()
            self.clusters[cluster][name] = unquoted(self.next())
        elif self.tokens[0] == "->":
            self.next()
            self.edges.append((name, self.next()))
        else:
            attributes = self.attributes()
            if name not in KEYWORDS:
                assert name not in self.labels
                self.labels[name] = attributes["label"]
                self.clusters.setdefault(cluster, {"nodes": []})["nodes"].append(name)
        assert self.next() == ";"

    def attributes(self):
        found, sign = {}, self.next()
        assert sign == "["
        while sign != "]":
            name, equals, value, sign = (self.next() for _ in range(4))
            assert equals == "="
            assert sign in {",", "]"}
            found[name] = unquoted(value)
        return found


def unquoted(token):
    if not token.startswith('"'):
        return token
    return re.sub(r"\\(.)", lambda match: {"n": "\n"}.get(match[1], match[1]), token[1:-1])
