//! The macros that print, the one that makes thread locals, and the one that a program's entry consists of.

/// Prints to the captured standard output.
#[macro_export]
macro_rules! print {
    ($($arg:tt)*) => {{
        $crate::io::_print($crate::format_args!($($arg)*));
    }};
}

/// Prints a line to the captured standard output.
#[macro_export]
macro_rules! println {
    () => {
        $crate::print!("\n")
    };
    ($($arg:tt)*) => {{
        $crate::io::_print_line($crate::format_args!($($arg)*));
    }};
}

/// Prints to the captured standard error.
#[macro_export]
macro_rules! eprint {
    ($($arg:tt)*) => {{
        $crate::io::_eprint($crate::format_args!($($arg)*));
    }};
}

/// Prints a line to the captured standard error.
#[macro_export]
macro_rules! eprintln {
    () => {
        $crate::eprint!("\n")
    };
    ($($arg:tt)*) => {{
        $crate::io::_eprint_line($crate::format_args!($($arg)*));
    }};
}

/// Prints a value with its place and its expression, and returns it.
#[macro_export]
macro_rules! dbg {
    () => {
        $crate::eprintln!("[{}:{}:{}]", $crate::file!(), $crate::line!(), $crate::column!())
    };
    ($val:expr $(,)?) => {
        match $val {
            value => {
                $crate::eprintln!(
                    "[{}:{}:{}] {} = {:#?}",
                    $crate::file!(),
                    $crate::line!(),
                    $crate::column!(),
                    $crate::stringify!($val),
                    &&value as &dyn $crate::fmt::Debug,
                );
                value
            }
        }
    };
    ($($val:expr),+ $(,)?) => {
        ($($crate::dbg!($val)),+,)
    };
}

/// Declares values of which every thread has its own.
#[macro_export]
macro_rules! thread_local {
    () => {};
    ($(#[$attr:meta])* $vis:vis static $name:ident: $t:ty = const $init:block; $($rest:tt)*) => {
        $crate::__thread_local!($(#[$attr])* $vis $name, $t, const $init);
        $crate::thread_local!($($rest)*);
    };
    ($(#[$attr:meta])* $vis:vis static $name:ident: $t:ty = const $init:block) => {
        $crate::__thread_local!($(#[$attr])* $vis $name, $t, const $init);
    };
    ($(#[$attr:meta])* $vis:vis static $name:ident: $t:ty = $init:expr; $($rest:tt)*) => {
        $crate::__thread_local!($(#[$attr])* $vis $name, $t, $init);
        $crate::thread_local!($($rest)*);
    };
    ($(#[$attr:meta])* $vis:vis static $name:ident: $t:ty = $init:expr) => {
        $crate::__thread_local!($(#[$attr])* $vis $name, $t, $init);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __thread_local {
    ($(#[$attr:meta])* $vis:vis $name:ident, $t:ty, const $init:block) => {
        $(#[$attr])*
        $vis const $name: $crate::thread::LocalKey<$t> = {
            static KEY: $crate::thread::__Key = $crate::thread::__Key::new();
            fn init() -> $t {
                const VALUE: $t = $init;
                VALUE
            }
            $crate::thread::LocalKey::__new(&KEY, init)
        };
    };
    ($(#[$attr:meta])* $vis:vis $name:ident, $t:ty, $init:expr) => {
        $(#[$attr])*
        $vis const $name: $crate::thread::LocalKey<$t> = {
            static KEY: $crate::thread::__Key = $crate::thread::__Key::new();
            fn init() -> $t {
                $init
            }
            $crate::thread::LocalKey::__new(&KEY, init)
        };
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __threadlings_entry {
    ($(quiet $quiet:ident,)? $($(program $number:literal)? scenario $name:literal => $path:path),+ $(,)?) => {
        const _: () = {
            static ENTRIES: &[$crate::__threadlings::Entry] = &[$($crate::__threadlings::Entry {
                name: $name,
                first: {
                    let numbers: &[usize] = &[$($number)?];
                    !numbers.is_empty()
                },
                run: || {
                    #[allow(unused_imports)]
                    use $crate::__threadlings::AnyMain as _;
                    let main: fn() -> _ = $path;
                    $crate::__threadlings::Main(main).run()
                },
            }),+];
            #[unsafe(no_mangle)]
            pub extern "C" fn threadlings_entry(
                runner: *const $crate::__threadlings::Runner,
            ) -> *const $crate::__threadlings::Program {
                $($crate::__threadlings::$quiet();)?
                // SAFETY: the runner calls this, once and first, with its own table.
                unsafe { $crate::__threadlings::enter(runner, ENTRIES) }
            }
        };
    };
    ($main:path) => {
        $crate::__threadlings_entry! { scenario "main" => $main }
    };
}
