//! x
mod compile;
use compile::*;
use threadlings::runtime::*;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    if a[1] == SUBCOMMAND { child_main() }
    let t0 = std::time::Instant::now();
    let path = std::path::Path::new(&a[1]);
    let text = std::fs::read_to_string(path).unwrap();
    let input = Input { file: SourceText { path, text: &text }, check: None, scenarios: &[], edition: "2021", color: false, incremental: true };
    let lib = match compile(&input, &mut |m| eprintln!("{m}")) { Ok(l) => l, Err(e) => { eprintln!("{e}"); std::process::exit(1) } };
    let t1 = t0.elapsed();
    let r = run(&Request { library: lib.path.clone(), sources: lib.sources.clone(), entry: 0, task: Task::Explore(Settings::default()), limits: Limits::default() }, &mut |_| ());
    let t2 = t0.elapsed();
    match r {
        Ok(mut e) => { let f = e.failure.take(); println!("{e:?}"); if a.len() > 2 { println!("{f:#?}") } else if let Some(f) = f { println!("{:?} {} events", f.ending, f.events.len()); } }
        Err(e) => println!("FAULT {e}"),
    }
    eprintln!("compile {t1:?} total {t2:?}");
}
