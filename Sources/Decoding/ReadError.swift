/// Why a file could not be read, or not to its end; and what a source that reads no file gives in its place.
public struct ReadError: Error, Equatable, CustomStringConvertible {
    /// What kind of trouble.
    public enum Kind: Equatable, Sendable {
        /// There is no such file, or it may not be read.
        case unreadable
        /// It is not gzip although its name or its first bytes say so.
        case badHeader
        /// The compressed data or their checksum are wrong.
        case corrupt
        /// The file ends in the middle.
        case cut
        /// It is in a format that is not read here.
        case unknownFormat
        /// The cursor to resume from belongs to something else.
        case foreignCursor
        /// It holds more than the reader takes.
        case tooLarge
    }

    /// What kind.
    public let kind: Kind
    /// The file's name, without its folder.
    public let file: String
    /// Where, in bytes of the file as it is on disk.
    public let offset: Int64
    /// What was found.
    public let detail: String

    /// Trouble of this kind at `offset` of `file`.
    public init(kind: Kind, file: String, offset: Int64, detail: String) {
        self.kind = kind
        self.file = file
        self.offset = offset
        self.detail = detail
    }

    /// A sentence for a person.
    public var description: String { "\(self.file): \(self.detail) at byte \(self.offset)" }
}
