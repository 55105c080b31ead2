import Foundation

/// The process's resident memory.
func residentKilobytes() -> Int {
    guard let status = FileManager.default.contents(atPath: "/proc/self/statm") else { return .max }
    let pages = String(decoding: status, as: UTF8.self).split(separator: " ")
    return pages.count > 1 ? (Int(pages[1]) ?? .max / 4) * 4 : .max
}
