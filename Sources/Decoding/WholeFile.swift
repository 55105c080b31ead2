/// The bytes of the file at `path`, gunzipped if they are gzip, for files that are read whole.
///
/// - Throws: `ReadError`; `tooLarge` when there are more than `limit` bytes, which a small file may inflate to.
public func inflatedBytes(ofFile path: String, limit: Int = 1 << 30) throws(ReadError) -> [UInt8] {
    let stream = try ByteStream(path: path)
    var bytes: [UInt8] = []
    while let chunk = try stream.next() {
        guard bytes.count + chunk.count <= limit else {
            throw ReadError(
                kind: .tooLarge, file: stream.name, offset: stream.offset, detail: "is larger than \(limit) bytes")
        }
        bytes += chunk
    }
    return bytes
}
