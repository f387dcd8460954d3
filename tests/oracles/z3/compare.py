"""Asks Z3 whether one policy allows what another does not, and compares the answer with a stored one.

    compare.py PAIRS.jsonl COUNT

A line has `old` and `new`, lists of statements, and `verdict`: included, gained or undecided. Policies are put into
formulas from AWS's words alone: strings and regular expressions for actions, resources and text, numbers for numbers,
dates and IPv4 addresses. Pairs about keys of several values or IPv6 are left out.
"""

import datetime
import ipaddress
import json
import sys

import z3

LIMIT_MS = 1_000
TEXT = z3.StringSort()
ANY_CHAR = z3.AllChar(z3.ReSort(TEXT))
ANYTHING = z3.Star(ANY_CHAR)
NO_COLON = z3.Diff(ANY_CHAR, z3.Re(":")) if hasattr(z3, "Diff") else z3.Intersect(ANY_CHAR, z3.Complement(z3.Re(":")))
ARN_FIELDS = 6


class LeftOut(Exception):
    """The pair is about something that is not put into formulas."""


def one_or_many(value):
    return value if isinstance(value, list) else [value]


def concat(parts):
    if not parts:
        return z3.Re("")
    return parts[0] if len(parts) == 1 else z3.Concat(*parts)


def union(parts):
    if not parts:
        return z3.Empty(z3.ReSort(TEXT))
    return parts[0] if len(parts) == 1 else z3.Union(*parts)


def folded(letter):
    return union([z3.Re(one) for one in sorted({letter.lower(), letter.upper()})])


def glob(pattern, any_char=ANY_CHAR, last_star=ANYTHING, fold=False):
    """A pattern; stars at its end may take more than others."""
    body = pattern.rstrip("*")
    parts = []
    for letter in body:
        if letter == "*":
            parts.append(z3.Star(any_char))
        elif letter == "?":
            parts.append(any_char)
        else:
            parts.append(folded(letter) if fold else z3.Re(letter))
    if body != pattern:
        parts.append(last_star)
    return concat(parts)


def resource(pattern):
    """Wildcards stay in their field of an ARN, but for a star that ends it; fields left out at the end are stars."""
    if not pattern.startswith("arn:"):
        return glob(pattern)
    fields = pattern.split(":", ARN_FIELDS - 1)
    parts = []
    for index, field in enumerate(fields):
        if index:
            parts.append(z3.Re(":"))
        parts.append(glob(field) if index == ARN_FIELDS - 1 else glob(field, NO_COLON))
    spelled = [concat(parts)]
    if len(fields) < ARN_FIELDS:
        spelled.append(concat(parts + [z3.Re(":"), ANYTHING] * (ARN_FIELDS - len(fields))))
    return union(spelled)


class Request:
    """A request of which nothing is known."""

    def __init__(self):
        self.action = z3.String("action")
        self.resource = z3.String("resource")
        self.keys = {}

    def key(self, name, sort):
        """Whether the key is there, and its value."""
        if name not in self.keys:
            self.keys[name] = (z3.Bool(f"has {name}"), z3.Const(name, sort), sort)
        has, value, known = self.keys[name]
        if known != sort:
            raise LeftOut
        return has, value

    def limits(self):
        """What every request is: of a service, and with values that are not empty."""
        yield z3.InRe(self.action, z3.Concat(z3.Plus(ANY_CHAR), z3.Re(":"), z3.Plus(ANY_CHAR)))
        lower = z3.Union(z3.Range("a", "z"), z3.Re(":"))
        yield z3.InRe(self.action, z3.Star(lower))
        yield z3.Length(self.resource) > 0
        for name, (_, value, sort) in self.keys.items():
            if sort == TEXT:
                yield z3.Length(value) > 0
            if name == "aws:SourceIp":
                # One number above them all stands for the addresses of IPv6.
                yield z3.And(value >= 0, value <= 2**32)


def condition(operator, name, values, request):
    values = one_or_many(values)
    if_exists = operator.endswith("IfExists")
    operator = operator.removesuffix("IfExists")
    if ":" in operator or name == "aws:TagKeys":
        raise LeftOut
    sort = {"zz:n": z3.RealSort(), "zz:d": z3.IntSort(), "aws:SourceIp": z3.IntSort(), "zz:s": TEXT}.get(name, z3.BoolSort())
    has, value = request.key(name, sort)
    if operator == "Null":
        return z3.Or(*[z3.Not(has) if wanted == "true" else has for wanted in values])
    negated = "Not" in operator
    matched = z3.Or(*[one(operator.replace("Not", ""), value, wanted) for wanted in values])
    if negated:
        return z3.Or(z3.Not(has), z3.Not(matched))
    return z3.Or(z3.Not(has), matched) if if_exists else z3.And(has, matched)


def one(operator, value, wanted):
    if operator == "StringEquals":
        return value == z3.StringVal(wanted)
    if operator == "StringLike":
        return z3.InRe(value, glob(wanted))
    if operator == "StringEqualsIgnoreCase":
        return z3.InRe(value, concat([folded(letter) for letter in wanted]))
    if operator == "Bool":
        return value == (wanted == "true")
    if operator == "IpAddress":
        network = ipaddress.ip_network(wanted)
        if network.version == 6:
            raise LeftOut
        return z3.And(value >= int(network.network_address), value <= int(network.broadcast_address))
    if operator.startswith("Date"):
        wanted = int(datetime.datetime.fromisoformat(wanted.replace("Z", "+00:00")).timestamp())
    else:
        wanted = z3.RealVal(wanted)
    order = operator.removeprefix("Date").removeprefix("Numeric")
    return {
        "Equals": lambda: value == wanted,
        "LessThan": lambda: value < wanted,
        "LessThanEquals": lambda: value <= wanted,
        "GreaterThan": lambda: value > wanted,
        "GreaterThanEquals": lambda: value >= wanted,
    }[order]()


def applies(statement, request):
    parts = []
    for element, subject, pattern in (
        ("Action", request.action, lambda text: glob(text.lower())),
        ("Resource", request.resource, resource),
    ):
        negated = f"Not{element}" in statement
        texts = one_or_many(statement[f"Not{element}" if negated else element])
        matched = z3.InRe(subject, union([pattern(text) for text in texts]))
        parts.append(z3.Not(matched) if negated else matched)
    for operator, keys in statement.get("Condition", {}).items():
        parts.extend(condition(operator, name, values, request) for name, values in keys.items())
    return z3.And(*parts)


def allowed(statements, request):
    of = lambda effect: [applies(one, request) for one in statements if one["Effect"] == effect]
    return z3.And(z3.Or(*of("Allow")), z3.Not(z3.Or(*of("Deny"))))


def merge(pairs):
    """Conditions of one operator on two keys stand in one object, which JSON's reader would take for one."""
    merged = {}
    for name, value in pairs:
        if name in merged and isinstance(value, dict):
            merged[name].update(value)
        else:
            merged[name] = value
    return merged


def answer(pair):
    request = Request()
    formula = z3.And(allowed(pair["new"], request), z3.Not(allowed(pair["old"], request)))
    solver = z3.Solver()
    solver.set("timeout", LIMIT_MS)
    solver.add(formula, *request.limits())
    return {"sat": "gained", "unsat": "included"}.get(str(solver.check()), "unknown")


def main():
    path, count = sys.argv[1], int(sys.argv[2])
    agreed, unknown, left_out, wrong = 0, 0, 0, []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if agreed + len(wrong) == count:
                break
            pair = json.loads(line, object_pairs_hook=merge)
            try:
                solved = answer(pair)
            except LeftOut:
                left_out += 1
                continue
            if solved == "unknown" or pair["verdict"] == "undecided":
                unknown += 1
            elif solved == pair["verdict"]:
                agreed += 1
            else:
                wrong.append((solved, line))
    for solved, line in wrong:
        print(f"oracles/z3: Z3 says {solved}: {line}", file=sys.stderr)
    print(f"oracles/z3: {agreed} pairs agree, {len(wrong)} do not, {unknown} without an answer, {left_out} left out")
    # A busy machine leaves some without an answer; half of them are enough to tell.
    sys.exit(1 if wrong or agreed * 2 < count else 0)


if __name__ == "__main__":
    main()
