/// One SQL statement and its parameters.
///
/// Its text comes from literals alone: the literal type is `StaticString`, so a string made at run time does not
/// compile as text, and `\(value)` is always a parameter, sent beside the statement and never spliced into it.
///
///     try connection.run("SELECT body FROM entries WHERE index = \(index)")
public struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// The text with `$1`, `$2`, … and the types of those parameters: what a prepared statement is made from.
    let statement: Statement
    /// The parameters in binary form, each after its length.
    let parameters: ParameterBuffer

    /// A statement without parameters.
    public init(stringLiteral value: StaticString) {
        self.statement = Statement(text: "\(value)", types: [])
        self.parameters = ParameterBuffer()
    }

    /// A statement with a parameter for each interpolated value.
    public init(stringInterpolation parts: StringInterpolation) {
        self.statement = Statement(text: parts.text, types: parts.types)
        self.parameters = parts.parameters
    }

    /// This statement with `prefix` in front, for DECLARE and EXPLAIN.
    func prefixed(_ prefix: String) -> SQL {
        SQL(statement: Statement(text: prefix + self.statement.text, types: self.statement.types), self.parameters)
    }

    init(statement: Statement, _ parameters: ParameterBuffer = ParameterBuffer()) {
        self.statement = statement
        self.parameters = parameters
    }

    /// The pieces of an interpolated SQL literal.
    public struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        var types: [SQLType] = []
        var parameters = ParameterBuffer()

        /// Begins with nothing.
        public init(literalCapacity: Int, interpolationCount: Int) {
            self.text.reserveCapacity(literalCapacity + 3 * interpolationCount)
            self.types.reserveCapacity(interpolationCount)
        }

        /// Adds literal text.
        public mutating func appendLiteral(_ literal: StaticString) {
            self.text += "\(literal)"
        }

        /// Adds `value` as the next parameter.
        public mutating func appendInterpolation<Value: SQLParameter>(_ value: Value) {
            self.append(value)
        }

        /// Makes `value`, or null, a parameter.
        ///
        /// Its own overload, because the compiler warns of an optional in any interpolation that does not ask for one.
        public mutating func appendInterpolation<Value: SQLParameter>(_ value: Value?) {
            self.append(value)
        }

        private mutating func append(_ value: some SQLParameter) {
            self.types.append(type(of: value).type)
            self.text += "$\(self.types.count)"
            value.encode(into: &self.parameters)
        }

        /// Adds the name of a table or column, which cannot be a parameter; a literal like the rest of the text.
        public mutating func appendInterpolation(identifier: StaticString) {
            self.text += "\(identifier)"
        }
    }
}

/// What the server parses once: the same text with other parameter types is another statement.
struct Statement: Hashable, Sendable {
    let text: String
    let types: [SQLType]
}
