//! Loops that wait: in the end a thread sees the last value, but may miss all that come before it.

use super::{Row, Shape};

pub const SHAPES: &[Shape] = &[
    Shape {
        name: "waiting for a message",
        sequential: "1 1",
        rows: &[
            Row(
                "x = 1 rlx; y = 1 rel || y until 1 acq; x rlx",
                "1 1",
                "the last load of the loop acquires",
            ),
            Row(
                "x = 1 rlx; y = 1 rlx || y until 1 acq; x rlx",
                "1 01",
                "nothing is released, however long it waits",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y until 1 rlx; fence acq; x rlx",
                "1 1",
                "a fence after the loop is enough",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y until 1 rlx; x rlx",
                "1 01",
                "nothing is acquired",
            ),
        ],
    },
    Shape {
        name: "waiting for a value that passes",
        sequential: ": x=2, 1 : x=2",
        rows: &[Row(
            "x = 1 rlx; x = 2 rlx || x until 1 rlx",
            ": x=2, 1 : x=2",
            "it may be seen or missed: the 2 stays",
        )],
    },
    Shape {
        name: "waiting for a value that comes twice",
        sequential: ": x=2, 1 : x=12",
        rows: &[Row(
            "x = 1 rlx || x = 2 rlx || x = 1 rlx || x until 1 rlx",
            ": x=2, 1 : x=12",
            "only where the 2 is last both can be missed",
        )],
    },
    Shape {
        name: "waiting for each other",
        sequential: "|",
        rows: &[Row(
            "x until 1 rlx; y = 1 rlx || y until 1 rlx; x = 1 rlx",
            "|",
            "nobody begins",
        )],
    },
    Shape {
        name: "waiting in turn",
        sequential: "1 | 1",
        rows: &[Row(
            "x = 1 rlx; y until 1 rlx || x until 1 rlx; y = 1 rlx",
            "1 | 1",
            "each sees what the other has written, in the end",
        )],
    },
    Shape {
        name: "waiting through a third thread",
        sequential: "1 | 1 1",
        rows: &[
            Row(
                "x = 1 rlx || x until 1 rlx; y = 1 rel || y until 1 acq; x rlx",
                "1 | 1 1",
                "the loop in the middle has read the 1, which happens before the last load",
            ),
            Row(
                "x = 1 rel || x until 1 acq; y = 1 rlx || y until 1 acq; x rlx",
                "1 | 1 01",
                "the store to y does not release",
            ),
        ],
    },
];
