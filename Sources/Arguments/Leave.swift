internal import CLinux

/// Ends the program with `status` once what was printed is written, and without the libraries' last words.
///
/// `exit` runs the destructors of every library loaded, OpenSSL's and Kerberos' among them, while other threads of ours
/// may still be inside of those: a program that had done its work would now and then end in a crash.
public func leave(_ status: Int32) -> Never { flush_and_exit(status) }
