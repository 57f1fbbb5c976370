//! `std::net`: addresses are std's, sockets are not modelled.

pub use ::std::net::*;

use crate::io;
use crate::runner;
use core::ops::Deref;
use core::panic::Location;
use core::time::Duration;

macro_rules! sockets {
    ($($name:ident $path:literal { $($(#[$doc:meta])* $make:ident($($arg:ident: $type:ty),*);)* })*) => {$(
        /// Not modelled.
        #[derive(Debug)]
        pub struct $name(::std::net::$name);

        impl $name {$(
            /// Not modelled.
            ///
            /// # Errors
            /// None here; std's signature.
            #[track_caller]
            pub fn $make($($arg: $type),*) -> io::Result<$name> {
                $(let _ = $arg;)*
                runner::unmodelled($path, Location::caller())
            }
        )*}

        impl Deref for $name {
            type Target = ::std::net::$name;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
    )*};
}

sockets! {
    TcpListener "std::net::TcpListener" {
        bind(addr: impl ToSocketAddrs);
    }
    TcpStream "std::net::TcpStream" {
        connect(addr: impl ToSocketAddrs);
        connect_timeout(addr: &SocketAddr, timeout: Duration);
    }
    UdpSocket "std::net::UdpSocket" {
        bind(addr: impl ToSocketAddrs);
    }
}
