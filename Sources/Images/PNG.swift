import CRSVG

/// Why there is no picture.
public enum ImageError: Error, Equatable {
    /// The bytes are no SVG that can be read.
    case unreadable
    /// There was no memory for it, or it could not be drawn or written.
    case undrawable
}

/// A picture as PNG, for those who show no SVG.
public enum PNG {
    /// `svg` drawn `width` by `height` pixels large, as a PNG file.
    ///
    /// Takes some 10 ms and blocks meanwhile; text is drawn with the fonts of this machine.
    /// - Throws: `ImageError`.
    public static func draw(_ svg: String, width: Int32, height: Int32) throws(ImageError) -> [UInt8] {
        try Drawing(svg).png(width: width, height: height)
    }
}

/// The only owner of an `RsvgHandle`, and of what cairo draws it with.
///
/// Safe, because: noncopyable, so the handle is freed once; librsvg has read all of the text when `open` returns; and surface,
/// context and the pointer to the file are cairo's only during one call of `png`.
@safe private struct Drawing: ~Copyable {
    private let handle: UnsafeMutablePointer<RsvgHandle>

    init(_ svg: String) throws(ImageError) {
        let bytes = Array(svg.utf8)
        guard let handle = unsafe bytes.withUnsafeBufferPointer({ unsafe Drawing.open($0) }) else {
            throw .unreadable
        }
        unsafe self.handle = handle
    }

    deinit { unsafe standing_rsvg_free(self.handle) }

    private static func open(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeMutablePointer<RsvgHandle>? {
        unsafe standing_rsvg_open(bytes.baseAddress, UInt(bytes.count))
    }

    func png(width: Int32, height: Int32) throws(ImageError) -> [UInt8] {
        let surface = unsafe cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)
        defer { unsafe cairo_surface_destroy(surface) }
        let cairo = unsafe cairo_create(surface)
        defer { unsafe cairo_destroy(cairo) }
        guard unsafe standing_rsvg_draw(self.handle, cairo, Double(width), Double(height)) != 0,
            unsafe cairo_status(cairo) == CAIRO_STATUS_SUCCESS
        else { throw .undrawable }
        var file: [UInt8] = []
        let status = unsafe withUnsafeMutablePointer(to: &file) { file in
            unsafe cairo_surface_write_to_png_stream(
                surface,
                { closure, data, count in
                    guard let file = unsafe closure?.assumingMemoryBound(to: [UInt8].self) else {
                        return CAIRO_STATUS_WRITE_ERROR
                    }
                    unsafe file.pointee += UnsafeBufferPointer(start: data, count: Int(count))
                    return CAIRO_STATUS_SUCCESS
                }, file)
        }
        guard status == CAIRO_STATUS_SUCCESS else { throw .undrawable }
        return file
    }
}
