"""On worlds made by chance the table, compiled and in casbin, forwards and backwards, says what a slow reader says."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent import deciding
from consent.deciding import Keys
from consent.policy import Policy
from consent.reference import Reference
from consent.table import Point
from consent.who_sees import Candidate, who_sees
from tests.properties import oracle
from tests.properties.oracle import Asking

CHILD = UUID(int=7)
KEYS = st.lists(
    st.tuples(
        st.sampled_from(oracle.AGENCIES),
        st.sampled_from(oracle.CATEGORIES),
        st.sampled_from(oracle.VALUES["sensitivity"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
    unique=True,
)
TRIES = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def reference(policy: Policy) -> Reference:
    return Reference(policy)


@TRIES
@given(question=oracle.points())
def test_the_compiled_table_and_casbin_answer_as_the_rows_read(
    policy: Policy, reference: Reference, question: dict[str, str]
) -> None:
    point = Point(**question)

    answer = policy.decide(point)

    level, rule = oracle.answer(question)
    assert (int(answer.level), answer.rule) == (level, rule)
    assert int(reference.judge(point)[0]) == level


@TRIES
@given(asking=oracle.askings(), kinds=KEYS, released=st.booleans())
def test_what_somebody_sees_is_what_the_rows_say_of_each_kind_of_entry(
    policy: Policy, asking: Asking, kinds: list[tuple[str, str, str, bool]], *, released: bool
) -> None:
    rows = [(number, *labels) for number, labels in enumerate(kinds, 1)]
    facts = replace(asking.facts, released=frozenset({uuid4()}) if released else frozenset())

    decided = deciding.decide(asking.asked, CHILD, facts, policy, Keys(rows, released=released))

    slow = {key.number: oracle.answer(asking.question(key)) for key in decided.keys.all}
    assert {number: (int(one.level), one.rule) for number, one in decided.answers.items()} == slow
    strict = [decided.keys.counted(number, restricted=True) for number, *_ in rows]
    assert list(decided.levels().plain) == [slow[number][0] for number, *_ in rows]
    assert list(decided.levels().strict)[: len(rows)] == [slow[number][0] for number in strict]


@TRIES
@given(askings=st.lists(oracle.askings(), min_size=1, max_size=12))
def test_who_sees_an_entry_is_everybody_who_would_be_shown_it_and_nobody_else(
    policy: Policy, askings: list[Asking]
) -> None:
    first = askings[0]
    people = [
        replace(
            one,
            asked=replace(
                one.asked,
                reader=replace(one.asked.reader, id=str(number)),
                purpose=first.asked.purpose,
                basis=first.asked.basis,
            ),
            # One entry; but whether a decision shares it is another question for each reader.
            key=replace(first.key, released=one.key.released),
        )
        for number, one in enumerate(askings)
    ]
    candidates = [Candidate(one.asked.reader, one.facts, one.key) for one in people]

    seen = who_sees(policy, first.asked.purpose, first.asked.basis, candidates)

    slow = {one.asked.reader.id: oracle.answer(one.question(one.key)) for one in people}
    assert {one.reader.id: (int(one.answer.level), one.answer.rule) for one in seen} == {
        who: answer for who, answer in slow.items() if answer[0]
    }
