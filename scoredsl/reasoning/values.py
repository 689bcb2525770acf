"""What one value of the data may be, given the comparisons with it that must hold and those that must not.

A property, a profile field, `latest` and `first` are whatever JSON can hold, and each comparison reads them in its own
way (LANGUAGE section 4: the literal's type decides). So each kind of value is looked at by itself: missing, true or
false, a list, an object, a number, a text. A value that passes is found among candidates, and each candidate is
evaluated by definition. That there is none is claimed only where every kind is proven impossible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scoredsl.reasoning import texts
from scoredsl.reasoning.intervals import ALL, NONE, Number, Numbers, between, comparing, cuts, pick
from scoredsl.reasoning.normal import DAY, Literal
from scoredsl.reasoning.suppose import CLOCK, holds
from scoredsl.semantics import expressions as e
from scoredsl.semantics.log import Value
from scoredsl.semantics.values import as_number, instant_text, shortest

MOST_CONSTANTS = 40
"""Of more numbers in one condition not every piece between them is tried."""


@dataclass(frozen=True, slots=True)
class Possible:
    """Values that pass, most usual first; `never` where it is proven that none does. Neither: not decided."""

    values: tuple[Value, ...]
    never: bool = False


def possible(subject: e.Value, literals: Sequence[Literal], hints: Iterable[Value] = ()) -> Possible:
    """What a raw value may be under literals that ask nothing but it. `hints` are further values to try."""
    passing = tuple(
        candidate
        for candidate in (*hints, *_candidates(literals))
        if all(holds(each.atom, {subject: candidate}) == each.holds for each in literals)
    )
    if passing:
        return Possible(passing)
    return Possible((), _no_number(literals) and _no_text(literals))


def is_raw(value: e.Value) -> bool:
    """Whether a value is read from the data as it is."""
    return isinstance(value, e.Property | e.Field) or (isinstance(value, e.Fact) and value.kind in ("latest", "first"))


# ---- candidates


def _candidates(literals: Sequence[Literal]) -> Iterator[Value]:
    """Values that may pass; of what is missing, a boolean, a list, an object one each that stands for all."""
    listed = [test.texts[0] for test in texts.tests(literals, True) if test.op == "contains"]
    numbers = [float(number) for number in cuts(_constants(literals))]
    asked = [atom.text for atom in _atoms(literals) if isinstance(atom, e.CompareText)]
    usual = [*asked, *sorted(numbers, key=lambda number: (number != int(number), abs(number)))]
    seen: set[tuple[type, str]] = set()
    made = texts.candidates(literals) if any(_is_about_text(each.atom) for each in literals) else ("other", "x", "zz-9")
    for candidate in (*usual[: 4 * MOST_CONSTANTS], *made, *_instants(literals), True, False, *map(shortest, numbers),
                      None, listed, {}):
        key = (type(candidate), str(candidate))
        if key not in seen:
            seen.add(key)
            yield candidate


def _is_about_text(atom: e.Condition) -> bool:
    return isinstance(atom, e.TextTest | e.Matches)


def _atoms(literals: Sequence[Literal]) -> list[e.Condition]:
    return [each.atom for each in literals]


def _constants(literals: Sequence[Literal]) -> list[Number]:
    """The numbers at which a comparison with a number changes."""
    found: list[Number] = [0.0, 1.0] if any(isinstance(each.atom, e.CompareBoolean) for each in literals) else []
    for atom in _atoms(literals):
        match atom:
            case e.CompareNumbers(_, _, e.Constant(number)):
                found.append(number)
            case e.CompareText(_, _, text) if (read := as_number(text)) is not None:
                found.append(read)
            case _:
                pass
    return found


def _instants(literals: Sequence[Literal]) -> Iterator[str]:
    """Timestamps between those that are compared with, and about the clock."""
    points = [atom.instant for atom in _atoms(literals) if isinstance(atom, e.CompareInstant)]
    windows = [atom for atom in _atoms(literals) if isinstance(atom, e.InWindow)]
    points += [CLOCK + (each.duration if each.direction == "next" else -each.duration) for each in windows]
    if not points:
        return
    if windows:
        points += [CLOCK - 1, CLOCK + 1]
    ordered = sorted(set(points))
    beside = [ordered[0] - DAY, *(instant + 1 for instant in ordered), *ordered, ordered[-1] + DAY]
    for instant in beside:
        try:
            yield instant_text(instant)
        except OverflowError:
            continue


# ---- proofs


def _no_number(literals: Sequence[Literal]) -> bool:
    """Whether no number passes. In each piece that the constants cut all numbers into, one was tried already."""
    if len(_constants(literals)) <= MOST_CONSTANTS:
        few = any(each.holds and isinstance(each.atom, e.CompareBoolean) for each in literals) or any(
            each.holds and isinstance(each.atom, e.CompareText) and each.atom.equal for each in literals
        )
        if few or not any(_is_about_text(each.atom) for each in literals):
            return True
    return _unwritable(literals, "-.0123456789") or numbers_of(literals) == NONE or texts.contradictory(literals)


def _unwritable(literals: Sequence[Literal], characters: str) -> bool:
    """Whether a text that must be found in the value has another character than these."""
    return any(set(test.texts[0]) - set(characters) for test in texts.tests(literals, True))


def numbers_of(literals: Iterable[Literal]) -> Numbers:
    """What the value can be as a number, where it is one."""
    found = ALL
    for each in literals:
        match each.atom:
            case e.CompareNumbers(op, _, e.Constant(number)):
                numbers = comparing(op, number)
                found = found & (numbers if each.holds else ~numbers)
            case e.Known() if not each.holds:
                return NONE
            case _:
                pass
    return found


def _instants_of(literals: Sequence[Literal]) -> Numbers:
    """The instants that the value can be, where it is a timestamp; none also where the windows exclude each other."""
    found, beside_the_clock = ALL, ALL
    for each in literals:
        match each.atom:
            case e.CompareInstant(op, _, instant):
                instants = comparing(op, instant)
                found = found & (instants if each.holds else ~instants)
            case e.InWindow(_, direction, duration):
                window = between(1 - duration, 0) if direction == "last" else between(1, duration)
                beside_the_clock = beside_the_clock & (window if each.holds else ~window)
            case _:
                pass
    return found if beside_the_clock else NONE


_DATES = "0123456789-:.,+tz \t\n\r\f\v"
_NUMERALS = "0123456789-+.e \t\n\r\f\v"


def _no_text(literals: Sequence[Literal]) -> bool:
    """Whether no text passes."""
    wanted = {type(each.atom): each.atom for each in literals if each.holds and not _differs(each.atom)}
    if any(isinstance(each.atom, e.Known) and not each.holds for each in literals):
        return True
    if e.CompareText in wanted or e.CompareBoolean in wanted:
        return _none_of_few(literals)
    as_number_ = e.CompareNumbers in wanted
    as_instant_ = e.CompareInstant in wanted or e.InWindow in wanted
    if as_number_ and as_instant_:
        return True  # no text is both
    if as_number_:
        return numbers_of(literals) == NONE or _unwritable(literals, _NUMERALS) or texts.contradictory(literals)
    if as_instant_:
        return _instants_of(literals) == NONE or _unwritable(literals, _DATES) or texts.contradictory(literals)
    return texts.contradictory(literals)


def _differs(atom: e.Condition) -> bool:
    """A comparison that nearly every text passes."""
    return isinstance(atom, e.CompareText) and not atom.equal


def _none_of_few(literals: Sequence[Literal]) -> bool:
    """For a value that must be one of a few texts: whether each of them fails by something else.

    All but a regular expression ignore case, so that one spelling stands for all.
    """
    few: set[str] | None = None
    for each in literals:
        texts_: set[str] | None = None
        match each.atom:
            case e.CompareText(True, _, text) if each.holds:
                texts_ = {text} - {""}
            case e.CompareBoolean(_, _, wanted) if each.holds:
                texts_ = {"true", "yes", "1"} if wanted else {"false", "no", "0"}
        if texts_ is not None:
            few = texts_ if few is None else few & texts_
    decided = [each for each in literals if not isinstance(each.atom, e.Matches)]
    return not any(
        all(holds(each.atom, {subject_of(each.atom): text}) == each.holds for each in decided) for text in few or ()
    )


def subject_of(atom: e.Condition) -> e.Value:
    match atom:
        case e.CompareNumbers(_, value, _):
            return value
        case (
            e.CompareText(_, value, _)
            | e.CompareInstant(_, value, _)
            | e.CompareBoolean(_, value, _)
            | e.TextTest(_, value, _)
            | e.InWindow(value, _, _)
            | e.Matches(value, _)
            | e.Known(value, _)
        ):
            return value
        case _:
            raise AssertionError(atom)


def number_that_fits(numbers: Numbers) -> float | None:
    """A number of a set, as data; None of an empty one."""
    found = pick(numbers)
    return None if found is None else float(found)
