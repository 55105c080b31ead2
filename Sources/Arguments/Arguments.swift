/// A command line that cannot be carried out: what is wrong with it.
public struct UsageError: Error, Equatable {
    /// A sentence for a person.
    public let reason: String

    /// A complaint about the command line.
    public init(reason: String) { self.reason = reason }
}

/// The options of a program.
public struct Options: Sendable {
    /// Those that take a value.
    let valued: Set<String>
    /// Those that do not.
    let flags: Set<String>
    /// Those that mean something to every command.
    let general: Set<String>

    /// Options by their names, dashes included; `general` are among the others.
    public init(valued: Set<String>, flags: Set<String>, general: Set<String>) {
        self.valued = valued
        self.flags = flags
        self.general = general
    }
}

/// The words and options of a command line. Options may stand anywhere; `--` ends them.
public struct Arguments: Sendable {
    /// What is no option, in order.
    public private(set) var words: [String] = []
    private let options: Options
    private var values: [String: [String]] = [:]
    private var flags: Set<String> = []

    /// Reads `arguments`, the program's name left out.
    ///
    /// A value follows its option as the next argument, or after `=`; only there may it begin with a dash. `-` alone is
    /// a word.
    public init(_ arguments: some Sequence<String>, options: Options) throws(UsageError) {
        self.options = options
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                self.words += rest
                return
            }
            guard argument.hasPrefix("-"), argument != "-" else {
                self.words.append(argument)
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if options.flags.contains(parts[0]), parts.count == 1 {
                self.flags.insert(parts[0])
            } else if options.valued.contains(parts[0]) {
                let value = parts.count == 2 ? parts[1] : try Self.next(&rest, of: parts[0])
                guard !value.isEmpty else { throw UsageError(reason: "\(parts[0]) needs a value") }
                self.values[parts[0], default: []].append(value)
            } else {
                throw UsageError(reason: "unknown option \(argument)")
            }
        }
    }

    private static func next(_ rest: inout ArraySlice<String>, of option: String) throws(UsageError) -> String {
        guard let value = rest.first, !value.hasPrefix("-") || value == "-" else {
            throw UsageError(reason: "\(option) needs a value")
        }
        rest.removeFirst()
        return value
    }

    /// Whether the flag is given.
    public func has(_ flag: String) -> Bool { self.flags.contains(flag) }

    /// Every value of an option, in order.
    public func all(_ option: String) -> [String] { self.values[option] ?? [] }

    /// The value of an option that may be given once, or nil.
    public func value(_ option: String) throws(UsageError) -> String? {
        let values = self.all(option)
        guard values.count <= 1 else { throw UsageError(reason: "\(option) is given twice") }
        return values.first
    }

    /// The value of an option as a whole number in `range`, or nil.
    public func number(_ option: String, in range: ClosedRange<Int64>) throws(UsageError) -> Int64? {
        guard let text = try self.value(option) else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            throw UsageError(
                reason: "\(option) takes a whole number from \(range.lowerBound) to \(range.upperBound), not \(text)")
        }
        return number
    }

    /// Refuses options that mean nothing to the command, so that a mistyped one is not silently ignored.
    public func allow(_ options: Set<String>) throws(UsageError) {
        let given = Set(self.values.keys).union(self.flags)
        if let other = given.subtracting(options).subtracting(self.options.general).min() {
            throw UsageError(reason: "\(other) means nothing to this command")
        }
    }
}
