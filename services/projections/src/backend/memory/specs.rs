//! Memory against a database: what each holds and answers after the same steps.

use super::*;
use crate::backend::{Change, Draft};
use crate::cell::cells;
use crate::scene::{Scene, on_each_backend};

on_each_backend! {
    memory_holds_what_a_database_would_hold_wherever_it_spills
    what_went_to_its_table_is_found_and_changed_there
}

/// One row a key, several, added up, and the greatest.
const TABLES: [Table; 4] = [
    table("spec_lamp", &[("a", "BLOB NOT NULL"), ("b", "TEXT"), ("c", "INTEGER")], 1, Merge::Replace),
    table(
        "spec_lamps",
        &[("a", "TEXT NOT NULL"), ("b", "INTEGER NOT NULL"), ("c", "TEXT")],
        2,
        Merge::Replace,
    ),
    table("spec_sum", &[("a", "TEXT NOT NULL"), ("c", "INTEGER NOT NULL")], 1, Merge::Add("c")),
    table(
        "spec_top",
        &[("a", "INTEGER NOT NULL"), ("b", "INTEGER NOT NULL"), ("c", "INTEGER NOT NULL")],
        2,
        Merge::Greatest("c"),
    ),
];

const fn table(
    name: &'static str,
    columns: &'static [(&'static str, &'static str)],
    key: usize,
    merge: Merge,
) -> Table {
    Table { name, generation: 0, columns, key, merge, indexes: &[] }
}

/// Tables in a database, and the same ones beside them for what memory spills.
struct Place {
    backend: Arc<Backend>,
    has_spilt: bool,
}

impl Place {
    async fn open(scene: &Scene) -> Self {
        let backend = Arc::new(Backend::open(&scene.url("place")).await.unwrap());
        let mut change = backend.begin_making().await.unwrap();
        for table in &TABLES {
            change.create(table).await.unwrap();
        }
        change.commit().await.unwrap();
        Self { backend, has_spilt: false }
    }

    async fn spill(&mut self, memory: &mut Memory) {
        let mut change = self.backend.begin_beside().await.unwrap();
        let mut empty = TABLES.to_vec();
        for spilt in memory.spill() {
            empty.retain(|table| table.name != spilt.table.name);
            spilt.pour(&mut change, 1, !self.has_spilt).await.unwrap();
        }
        if !self.has_spilt {
            for table in empty {
                change.create(&table.beside(1)).await.unwrap();
            }
        }
        change.commit().await.unwrap();
        self.has_spilt = true;
        memory.lies_behind(Behind { backend: self.backend.clone(), generation: 1 });
    }

    async fn rows(&self, table: &Table) -> Vec<Vec<Cell>> {
        let mut rows = Vec::new();
        let mut now = self.backend.snapshot().await.unwrap();
        now.scan(table.scan(), |row| rows.push(row)).await.unwrap();
        now.done().await.unwrap();
        rows
    }
}

/// Something a fold may do.
#[derive(Debug, Clone)]
enum Step {
    Put(Table, Vec<Vec<Cell>>),
    Set(Table, Vec<Vec<Cell>>),
    Remove(Table, Vec<Cell>),
    Load(Table, Vec<Cell>),
    Find(Table, Sought),
    Spill,
}

fn step(random: &mut fastrand::Rng) -> Step {
    let table = TABLES[random.usize(..TABLES.len())];
    let value = |random: &mut fastrand::Rng, at: usize| match table.columns[at].1.split(' ').next() {
        Some("BLOB") => Cell::Blob(vec![random.u8(..6)]),
        Some("INTEGER") => Cell::Int(random.i64(0..6)),
        _ => Cell::Text(format!("t{}", random.u8(..6))),
    };
    let count = random.usize(1..4);
    let mut keys: Vec<Cell> = (0..count).map(|_| value(random, 0)).collect();
    keys.sort_unstable();
    keys.dedup();
    match random.u8(..9) {
        0..=3 => {
            let rest = |random: &mut fastrand::Rng| {
                (1..table.columns.len()).map(|at| value(random, at)).collect::<Vec<_>>()
            };
            Step::Put(table, keys.into_iter().map(|key| [vec![key], rest(random)].concat()).collect())
        }
        4 if table.key == 1 && table.merge == Merge::Replace => {
            let set = |key| vec![if random.bool() { Cell::Null } else { Cell::Int(9) }, key];
            Step::Set(table, keys.into_iter().map(set).collect())
        }
        5 => Step::Remove(table, keys),
        6 => Step::Find(table, Sought::Is("c", value(random, table.columns.len() - 1))),
        7 => Step::Spill,
        _ => Step::Load(table, keys),
    }
}

/// Does `step`, and gives what it answers in one order.
async fn answer(step: &Step, draft: &mut Draft<'_>) -> Vec<Vec<Cell>> {
    let found = match step.clone() {
        Step::Put(table, rows) => draft.put(&table, rows).await.map(|()| vec![]),
        Step::Set(table, rows) => draft.set(&table, &["c"], rows).await.map(|()| vec![]),
        Step::Remove(table, keys) => draft.remove(&table, keys).await.map(|()| vec![]),
        Step::Load(table, keys) => draft.load(&table, keys).await,
        Step::Find(table, sought) => draft.find(&table, &[sought]).await,
        Step::Spill => Ok(vec![]),
    };
    let mut rows: Vec<Vec<Cell>> = found.unwrap().into_iter().map(Cells::into_inner).collect();
    rows.sort_unstable();
    rows
}

async fn memory_holds_what_a_database_would_hold_wherever_it_spills(scene: Scene) {
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut place, mut memory) = (Place::open(&scene).await, Memory::default());
    for n in 0..600 {
        let step = step(&mut random);
        if matches!(step, Step::Spill) {
            place.spill(&mut memory).await;
            continue;
        }
        // What is looked for in sums is looked for in rows, of which memory may hold a part only: no model does it.
        if matches!(&step, Step::Find(table, _) if table.merge != Merge::Replace || table.key > 1) {
            continue;
        }
        let mut change: Change = place.backend.begin().await.unwrap();
        let stored = answer(&step, &mut Draft::Stored(&mut change)).await;
        change.commit().await.unwrap();
        let held = answer(&step, &mut Draft::Memory(&mut memory)).await;
        assert_eq!(held, stored, "step {n}, seed {seed}: {step:?}");
    }
    place.spill(&mut memory).await;
    for table in &TABLES {
        assert_eq!(place.rows(&table.beside(1)).await, place.rows(table).await, "seed {seed}");
    }
}

async fn what_went_to_its_table_is_found_and_changed_there(scene: Scene) {
    let (mut place, mut memory) = (Place::open(&scene).await, Memory::default());
    let lamp = &TABLES[0];
    memory.put(lamp, vec![cells![vec![1_u8], "dike", 1_i64], cells![vec![2_u8], "quay", 2_i64]]);
    assert!(memory.bytes() > 200, "{}", memory.bytes());
    place.spill(&mut memory).await;
    assert_eq!(memory.bytes(), 0);
    memory.set(lamp, &["c"], vec![cells![7_i64, vec![1_u8]]]).await.unwrap();
    memory.remove(lamp, vec![Cell::Blob(vec![2])]);
    let sought = [Sought::Holds("b", "a".to_owned()), Sought::Is("b", "dike".into())];
    let found = memory.find(lamp, &sought).await.unwrap().into_iter().map(Cells::into_inner);
    assert_eq!(found.collect::<Vec<_>>(), [cells![vec![1_u8], "dike", 7_i64]]);
    place.spill(&mut memory).await;
    assert_eq!(place.rows(&lamp.beside(1)).await, [cells![vec![1_u8], "dike", 7_i64]]);
}
