//! The language server: what editors ask about policies, answered from the database that the command line compiles with.
//!
//! Two rooms. [`ide`] takes a database, a file and an offset and answers with plain data; it knows nothing of the
//! protocol. [`server`] is the only place that knows the protocol: a handler decodes, asks `ide`, and encodes. Neither
//! decides anything nor reads data: whoever starts the server hands in how projects are read ([`server::Host`]).

pub mod ide;
pub mod server;
