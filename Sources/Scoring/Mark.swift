public import Reputation

/// What tells one account, project or unit from another, in 64 bits: enough to reckon with, nothing to show.
///
/// Made of what the platform never changes, so it is the same in whatever order facts come in and whatever anything is
/// renamed to.
public struct Mark<Of>: Hashable, Comparable, Sendable {
    /// The bits, of a hash nobody can steer.
    public let bits: UInt64

    /// The mark with these bits.
    public init(bits: UInt64) { self.bits = bits }

    /// An order, for want of a meaningful one.
    public static func < (left: Mark, right: Mark) -> Bool { left.bits < right.bits }
}

/// Makes marks of texts. Two texts with one mark would be one person: a service takes a cryptographic hash.
public struct Marking: Sendable {
    private let hash: @Sendable (String) -> UInt64

    /// Marks by `hash`, which says nothing about its input and is hard to steer.
    public init(hash: @escaping @Sendable (String) -> UInt64) { self.hash = hash }

    /// The mark of an account, or of whoever owns a project.
    public func account(_ key: Account.Key) -> Mark<Account> {
        Mark(bits: self.hash("account\u{1F}\(key.platform.rawValue)\u{1F}\(key.id)"))
    }

    /// The mark of a project.
    public func project(_ project: Project) -> Mark<Project> {
        Mark(bits: self.hash("project\u{1F}\(project.platform.rawValue)\u{1F}\(project.id)"))
    }

    /// The mark of a source that packages are built from: one project, however many packages.
    func source(_ unit: String, on platform: Platform) -> Mark<Project> {
        Mark(bits: self.hash("source\u{1F}\(platform.rawValue)\u{1F}\(unit)"))
    }

    /// The mark of what is counted once within a project.
    func unit(_ unit: String) -> Mark<Evidence.Object> { Mark(bits: self.hash("unit\u{1F}\(unit)")) }

    /// The mark of a commit a change stood at; never 0.
    func revision(_ commit: String) -> UInt32 {
        max(1, UInt32(truncatingIfNeeded: self.hash("revision\u{1F}\(commit)")))
    }

    /// Marks for facts that nobody had reason to forge: FNV-1a, which is quick and easily steered.
    public static let plain = Marking { text in
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
