//! Message passing, and all the ways of passing and of not passing.

use super::{Row, Shape};

pub const SHAPES: &[Shape] = &[
    Shape {
        name: "MP: message passing",
        sequential: "01 01 except 1 0",
        rows: &[
            Row(
                "x = 1 rlx; y = 1 rlx || y rlx; x rlx",
                "01 01",
                "nothing makes the store to x visible with the one to y",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y acq; x rlx",
                "01 01 except 1 0",
                "the acquire load that reads the release store sees what came before it",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y rlx; x rlx",
                "01 01",
                "a release without an acquire",
            ),
            Row(
                "x = 1 rlx; y = 1 rlx || y acq; x rlx",
                "01 01",
                "an acquire without a release",
            ),
            Row(
                "x = 1 rlx; y = 1 sc || y sc; x rlx",
                "01 01 except 1 0",
                "SeqCst is release and acquire, too",
            ),
            Row(
                "x = 1 rlx; y = 1 sc || y acq; x rlx",
                "01 01 except 1 0",
                "a SeqCst store releases",
            ),
            Row(
                "x = 1 sc; y = 1 rlx || y rlx; x sc",
                "01 01",
                "x is in S and y is not: the load may come first in S",
            ),
            Row(
                "x = 1 sc; y = 1 rlx || y sc; x sc",
                "01 01",
                "the loads are in order, but the store to y is not in S",
            ),
            Row(
                "x = 1 rlx; fence rel; y = 1 rlx || y acq; x rlx",
                "01 01 except 1 0",
                "the fence makes the store after it a release",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y rlx; fence acq; x rlx",
                "01 01 except 1 0",
                "the fence makes the load before it an acquire",
            ),
            Row(
                "x = 1 rlx; fence rel; y = 1 rlx || y rlx; fence acq; x rlx",
                "01 01 except 1 0",
                "fence to fence",
            ),
            Row(
                "x = 1 rlx; fence sc; y = 1 rlx || y rlx; fence sc; x rlx",
                "01 01 except 1 0",
                "SeqCst fences are release and acquire fences, too",
            ),
            Row(
                "x = 1 rlx; fence ar; y = 1 rlx || y rlx; fence ar; x rlx",
                "01 01 except 1 0",
                "both in one",
            ),
            Row(
                "x = 1 rlx; fence sc; y = 1 rlx || y rlx; x rlx",
                "01 01",
                "a fence on one side only",
            ),
            Row(
                "x = 1 rlx; y = 1 rlx || y rlx; fence sc; x rlx",
                "01 01",
                "a fence on one side only",
            ),
            Row(
                "x = 1 rlx; fence acq; y = 1 rlx || y acq; x rlx",
                "01 01",
                "an acquire fence releases nothing",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y rlx; fence rel; x rlx",
                "01 01",
                "a release fence acquires nothing",
            ),
            Row(
                "x = 1 rlx; y = 1 rlx; fence rel || y acq; x rlx",
                "01 01",
                "the fence comes after the store to y",
            ),
            Row(
                "fence rel; x = 1 rlx; y = 1 rlx || y acq; x rlx",
                "01 01",
                "the fence comes before the store to x",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || fence acq; y rlx; x rlx",
                "01 01",
                "the fence comes before the load of y",
            ),
        ],
    },
    Shape {
        name: "MP with a condition",
        sequential: "0, 1 1",
        rows: &[
            Row(
                "x = 1 rlx; y = 1 rlx || y rlx; if 1; x rlx",
                "0, 1 01",
                "a condition orders nothing",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y acq; if 1; x rlx",
                "0, 1 1",
                "release and acquire",
            ),
            Row(
                "x = 1 rlx; fence rel; y = 1 rlx || y rlx; if 1; fence acq; x rlx",
                "0, 1 1",
                "a fence only where it is needed",
            ),
        ],
    },
    Shape {
        name: "MP to updates",
        sequential: "01 01 : x=1 y=1 except 1 0 : x=1 y=1",
        rows: &[
            Row(
                "x = 1 rlx; y = 1 rlx || y += 0 rlx; x += 0 rlx",
                "01 01 : x=1 y=1",
                "an update reads the store before its own, which need not be the last in time",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y += 0 acq; x += 0 rlx",
                "01 01 : x=1 y=1 except 1 0 : x=1 y=1",
                "an acquire update",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y += 0 rel; x += 0 rlx",
                "01 01 : x=1 y=1",
                "a release update does not acquire",
            ),
        ],
    },
    Shape {
        name: "MP to a failing compare_exchange",
        sequential: "01 01 : x=1 except 1 0 : x=1",
        rows: &[
            Row(
                "x = 1 rlx; y = 1 rlx || y rlx; x 7 -> 8 rlx rlx",
                "01 01 : x=1",
                "a failure may read an old store",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y acq; x 7 -> 8 rlx rlx",
                "01 01 : x=1 except 1 0 : x=1",
                "unless it is ruled out",
            ),
            Row(
                "x = 1 sc; y = 1 rlx || y rlx; x 7 -> 8 sc sc",
                "01 01 : x=1",
                "a failure is a load of the second ordering",
            ),
        ],
    },
    Shape {
        name: "MP through a failing compare_exchange",
        sequential: "01 01 : y=1 except 1 0 : y=1",
        rows: &[
            Row(
                "x = 1 rlx; y = 1 rel || y 7 -> 8 rlx acq; x rlx",
                "01 01 : y=1 except 1 0 : y=1",
                "a failure that acquires",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y 7 -> 8 ar rlx; x rlx",
                "01 01 : y=1",
                "the first ordering does not count for a failure",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y 7 -> 8 acq rlx; fence acq; x rlx",
                "01 01 : y=1 except 1 0 : y=1",
                "a fence makes up for it",
            ),
        ],
    },
    Shape {
        name: "MP through a compare_exchange",
        sequential: "0 01 : y=1, 1 1 : y=2",
        rows: &[
            Row(
                "x = 1 rlx; y = 1 rel || y 1 -> 2 acq rlx; x rlx",
                "0 01 : y=1, 1 1 : y=2",
                "a success that acquires",
            ),
            Row(
                "x = 1 rlx; y = 1 rel || y 1 -> 2 rel acq; x rlx",
                "0 01 : y=1, 1 01 : y=2",
                "the second ordering does not count for a success",
            ),
        ],
    },
];
