"""Laws of the sealing: what went in comes out, and nothing else ever opens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.vault.sealing import (
    BLOCK_BYTES,
    CannotOpen,
    MasterSecret,
    Sealed,
    about,
    fresh_master,
    opened,
    rewrapped,
    seal,
)

MASTER = fresh_master()
contents = st.binary(max_size=700)
parts = st.text(max_size=12)
bindings = st.builds(
    lambda table, pk, owner, kind: about(table=table, pk=pk, owner=owner, kind=kind), parts, parts, parts, parts
)
HERE = about(table="vault_sealedidentity", pk="1", owner="kanim-atambua", kind="reporter")


@given(contents, bindings)
def test_what_is_sealed_opens_again(content, binding):
    assert opened(seal(content, MASTER, bound_to=binding), MASTER, bound_to=binding) == content


@given(contents, st.sampled_from(["wrapped_key", "ciphertext"]), st.data())
def test_one_flipped_bit_anywhere_is_refused(content, part, data):
    sealed = seal(content, MASTER, bound_to=HERE)
    written = bytearray(getattr(sealed, part))
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] ^= 1 << data.draw(st.integers(0, 7))
    changed = {"wrapped_key": sealed.wrapped_key, "ciphertext": sealed.ciphertext, part: bytes(written)}

    with pytest.raises(CannotOpen):
        opened(Sealed(**changed), MASTER, bound_to=HERE)


@given(contents, st.sampled_from(["wrapped_key", "ciphertext"]), st.data())
def test_what_is_cut_short_is_refused(content, part, data):
    sealed = seal(content, MASTER, bound_to=HERE)
    whole = getattr(sealed, part)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]

    with pytest.raises(CannotOpen):
        opened(
            Sealed(**{"wrapped_key": sealed.wrapped_key, "ciphertext": sealed.ciphertext, part: cut}),
            MASTER,
            bound_to=HERE,
        )


@given(contents, bindings, bindings)
def test_another_record_owner_or_kind_does_not_open_it(content, one, other):
    sealed = seal(content, MASTER, bound_to=one)

    if one == other:
        assert opened(sealed, MASTER, bound_to=other) == content
    else:
        with pytest.raises(CannotOpen):
            opened(sealed, MASTER, bound_to=other)


@given(st.tuples(parts, parts, parts, parts), st.tuples(parts, parts, parts, parts))
def test_no_two_records_have_the_same_binding(one, other):
    def bound(values):
        return about(**dict(zip(("table", "pk", "owner", "kind"), values, strict=True)))

    assert (bound(one) == bound(other)) == (one == other)


@given(contents, contents, bindings, st.booleans())
def test_parts_of_two_records_do_not_open_together(content, other, binding, keys_swapped):
    here, there = seal(content, MASTER, bound_to=HERE), seal(other, MASTER, bound_to=binding)
    mixed = Sealed(there.wrapped_key, here.ciphertext) if keys_swapped else Sealed(here.wrapped_key, there.ciphertext)

    with pytest.raises(CannotOpen):
        opened(mixed, MASTER, bound_to=HERE)


@given(contents, bindings)
def test_rewrapped_it_opens_under_the_new_key_and_no_longer_under_the_old(content, binding):
    sealed, new = seal(content, MASTER, bound_to=binding), fresh_master()
    turned = Sealed(rewrapped(sealed.wrapped_key, old=MASTER, new=new, bound_to=binding), sealed.ciphertext)

    assert opened(turned, new, bound_to=binding) == content
    with pytest.raises(CannotOpen):
        opened(turned, MASTER, bound_to=binding)


@given(st.binary(min_size=8, max_size=BLOCK_BYTES - 4))
def test_the_same_twice_looks_different_and_all_that_fits_a_block_looks_as_long(content):
    one, other = seal(content, MASTER, bound_to=HERE), seal(content, MASTER, bound_to=HERE)

    assert one.ciphertext != other.ciphertext
    assert one.wrapped_key != other.wrapped_key
    assert content not in one.ciphertext
    assert len(one.ciphertext) == len(seal(b"x", MASTER, bound_to=HERE).ciphertext)


def test_a_master_key_does_not_tell_itself():
    assert MASTER.key.hex() not in repr(MASTER)
    assert MasterSecret(MASTER.key).fingerprint == MASTER.fingerprint != fresh_master().fingerprint
