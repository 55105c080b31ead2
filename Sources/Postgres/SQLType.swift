/// A PostgreSQL type by its fixed object id (`pg_type.dat`), so that no parameter's type is left to a guess.
public struct SQLType: RawRepresentable, Hashable, Sendable {
    /// The object id.
    public let rawValue: UInt32

    /// The type with this object id.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    static let boolean = SQLType(rawValue: 16)
    static let bytea = SQLType(rawValue: 17)
    static let name = SQLType(rawValue: 19)
    static let bigint = SQLType(rawValue: 20)
    static let smallint = SQLType(rawValue: 21)
    static let integer = SQLType(rawValue: 23)
    static let text = SQLType(rawValue: 25)
    static let json = SQLType(rawValue: 114)
    static let real = SQLType(rawValue: 700)
    static let double = SQLType(rawValue: 701)
    static let unknown = SQLType(rawValue: 705)
    static let character = SQLType(rawValue: 1042)
    static let varchar = SQLType(rawValue: 1043)
    static let date = SQLType(rawValue: 1082)
    static let timestamptz = SQLType(rawValue: 1184)
    static let uuid = SQLType(rawValue: 2950)
    static let jsonb = SQLType(rawValue: 3802)

    static let booleans = SQLType(rawValue: 1000)
    static let byteas = SQLType(rawValue: 1001)
    static let smallints = SQLType(rawValue: 1005)
    static let integers = SQLType(rawValue: 1007)
    static let texts = SQLType(rawValue: 1009)
    static let bigints = SQLType(rawValue: 1016)
    static let doubles = SQLType(rawValue: 1022)
    static let dates = SQLType(rawValue: 1182)
    static let timestamptzs = SQLType(rawValue: 1185)
    static let uuids = SQLType(rawValue: 2951)

    /// Types made by CREATE TYPE have ids from here on (`FirstNormalObjectId`); an enum's binary form is its label.
    var isUserDefined: Bool { self.rawValue >= 16384 }
}
