//! Release sequences: a release store and the read-modify-writes that follow it, as C++20 has them.

use super::{Row, Shape};

pub const SHAPES: &[Shape] = &[
    Shape {
        name: "release sequence with an update",
        sequential: "0 | 01 01 : y=3, 0 | 3 1 : y=3, 3 | 0 01 : y=4, 3 | 34 1 : y=4",
        rows: &[
            Row(
                "x = 1 rlx; y = 3 rel || y += 1 rlx || y acq; x rlx",
                "0 | 01 01 : y=3, 0 | 3 1 : y=3, 3 | 0 01 : y=4, 3 | 34 1 : y=4",
                "who reads the 4, an update of the 3, synchronizes with the 3; the 1 is \
            an update of the 0",
            ),
            Row(
                "x = 1 rlx; y = 3 rlx || y += 1 rlx || y acq; x rlx",
                "0 | 013 01 : y=3, 3 | 034 01 : y=4",
                "nothing is released",
            ),
            Row(
                "x = 1 rlx; y = 3 rel || y += 1 rlx || y rlx; x rlx",
                "0 | 013 01 : y=3, 3 | 034 01 : y=4",
                "nothing is acquired",
            ),
            Row(
                "x = 1 rlx; y = 3 rlx || y += 1 rel || y acq; x rlx",
                "0 | 013 01 : y=3, 3 | 034 01 : y=4",
                "the update releases, but has not acquired the store to x",
            ),
            Row(
                "x = 1 rlx; fence rel; y = 3 rlx || y += 1 rlx || y acq; x rlx",
                "0 | 01 01 : y=3, 0 | 3 1 : y=3, 3 | 0 01 : y=4, 3 | 34 1 : y=4",
                "the sequence that the 3 would head if it were a release",
            ),
            Row(
                "x = 1 rlx; y = 3 rel || y += 1 rlx || y rlx; fence acq; x rlx",
                "0 | 01 01 : y=3, 0 | 3 1 : y=3, 3 | 0 01 : y=4, 3 | 34 1 : y=4",
                "with an acquire fence",
            ),
            Row(
                "x = 1 rlx; fence rel; y = 3 rlx || y += 1 rlx || y rlx; fence acq; x rlx",
                "0 | 01 01 : y=3, 0 | 3 1 : y=3, 3 | 0 01 : y=4, 3 | 34 1 : y=4",
                "with both",
            ),
        ],
    },
    Shape {
        name: "release sequence with two updates",
        sequential: "0 1 | 012 01 : y=3, 0 1 | 3 1 : y=3, 0 3 | 01 01 : y=4, 0 3 | 34 1 : \
            y=4, 3 4 | 0 01 : y=5, 3 4 | 345 1 : y=5",
        rows: &[
            Row(
                "x = 1 rlx; y = 3 rel || y += 1 rlx; y += 1 rlx || y acq; x rlx",
                "0 1 | 012 01 : y=3, 0 1 | 3 1 : y=3, 0 3 | 01 01 : y=4, 0 3 | 34 1 : \
            y=4, 3 4 | 0 01 : y=5, 3 4 | 345 1 : y=5",
                "the sequence goes on through both",
            ),
            Row(
                "x = 1 rlx; y = 3 rlx || y += 1 rlx; y += 1 rlx || y acq; x rlx",
                "0 1 | 0123 01 : y=3, 0 3 | 0134 01 : y=4, 3 4 | 0345 01 : y=5",
                "nothing is released",
            ),
        ],
    },
    Shape {
        name: "release sequence and a store of the same thread",
        sequential: "0 01 : y=2, 12 1 : y=2",
        rows: &[
            Row(
                "x = 1 rlx; y = 1 rel; y = 2 rlx || y acq; x rlx",
                "02 01 : y=2, 1 1 : y=2",
                "since C++20 a plain store ends the sequence, even of the same thread",
            ),
            Row(
                "x = 1 rlx; fence rel; y = 1 rlx; y = 2 rlx || y acq; x rlx",
                "0 01 : y=2, 12 1 : y=2",
                "a fence is before both stores",
            ),
            Row(
                "x = 1 rlx; y = 1 rlx; y = 2 rel || y acq; x rlx",
                "01 01 : y=2, 2 1 : y=2",
                "the second store releases, and the first does not",
            ),
            Row(
                "x = 1 rlx; y = 1 rlx; y = 2 rlx || y acq; x rlx",
                "012 01 : y=2",
                "nothing is released",
            ),
        ],
    },
    Shape {
        name: "release sequence and a store of another thread",
        sequential: "0 01 : y=12, 1 1 : y=12, 2 01 : y=1, 2 1 : y=2",
        rows: &[
            Row(
                "x = 1 rlx; y = 1 rel || y = 2 rlx || y acq; x rlx",
                "02 01 : y=12, 1 1 : y=12",
                "the 2 is in no sequence of the 1",
            ),
            Row(
                "x = 1 sc; y = 1 sc || y = 2 sc || y sc; x sc",
                "0 01 : y=12, 1 1 : y=12, 2 01 : y=1, 2 1 : y=2",
                "in S y = 1 comes before y = 2 where that is last",
            ),
        ],
    },
    Shape {
        name: "release sequence with a compare_exchange",
        sequential: "0 | 0 01 : y=1, 0 | 1 1 : y=1, 1 | 0 01 : y=2, 1 | 12 1 : y=2",
        rows: &[
            Row(
                "x = 1 rlx; y = 1 rel || y 1 -> 2 rlx rlx || y acq; x rlx",
                "0 | 0 01 : y=1, 0 | 1 1 : y=1, 1 | 0 01 : y=2, 1 | 12 1 : y=2",
                "a success continues the sequence; a failure writes nothing",
            ),
            Row(
                "x = 1 rlx; y = 1 rlx || y 1 -> 2 ar acq || y acq; x rlx",
                "0 | 01 01 : y=1, 1 | 012 01 : y=2",
                "nothing is released with x",
            ),
            Row(
                "x = 1 rlx; y = 1 rlx || y 1 -> 2 sc sc || y sc; x rlx",
                "0 | 01 01 : y=1, 1 | 012 01 : y=2",
                "neither in S",
            ),
        ],
    },
    Shape {
        name: "release sequences of two heads",
        sequential: "0 | 0 01 01 : y=3, 0 | 1 01 1 : y=3, 0 | 3 1 1 : y=3, 3 | 0 01 01 : y=4, \
            3 | 3 1 01 : y=4, 3 | 4 1 1 : y=4",
        rows: &[
            Row(
                "x = 1 rlx; y = 3 rel || z = 1 rlx; y += 1 rel || y acq; x rlx; z rlx",
                "0 | 0 01 01 : y=3, 0 | 1 01 1 : y=3, 0 | 3 1 01 : y=3, 3 | 0 01 01 : \
            y=4, 3 | 3 1 01 : y=4, 3 | 4 1 1 : y=4",
                "an update that releases is a head of its own, and continues the other \
            sequence; the 3 is no update of the 1",
            ),
            Row(
                "x = 1 rlx; y = 3 rel || z = 1 rlx; y += 1 rlx || y acq; x rlx; z rlx",
                "0 | 01 01 01 : y=3, 0 | 3 1 01 : y=3, 3 | 0 01 01 : y=4, 3 | 34 1 01 : y=4",
                "an update that does not release only continues",
            ),
        ],
    },
    Shape {
        name: "release sequence and a swap",
        sequential: "0 | 2 01 : y=1, 0 | 0 01 : y=1, 0 | 1 1 : y=1, 1 | 0 01 : y=2, 1 | 12 1 \
            : y=2",
        rows: &[Row(
            "x = 1 rlx; y = 1 rel || y <- 2 rlx || y acq; x rlx",
            "0 | 2 01 : y=1, 0 | 0 01 : y=1, 0 | 1 1 : y=1, 1 | 0 01 : y=2, 1 | 12 1 \
            : y=2",
            "a swap is an update: it continues the sequence although it forgets the value",
        )],
    },
];
