import Crypto
import Foundation
import Service
import Testing
import Transparency

@Suite struct HighWaterTests {
    private func head(_ size: Int64) -> TreeHead { TreeHead(size: size, root: SHA256.hash("\(size)".utf8)) }

    /// Runs `body` with a file that is not there yet, in a folder that is gone afterwards.
    private func withFile(_ body: (HighWater, URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) } }
        let file = folder.appendingPathComponent("high-water")
        try body(HighWater(path: file.path), file)
    }

    @Test func `before the first head there is none`() throws {
        try self.withFile { mark, _ in
            let last = try mark.last()
            #expect(last == nil)
        }
    }

    @Test func `it only rises, and others cannot read it`() throws {
        try self.withFile { mark, file in
            for size: Int64 in [3, 7, 5, 7, 0] {
                try mark.raise(to: self.head(size))
                let last = try mark.last()
                #expect(last == self.head(max(size, size == 3 ? 3 : 7)))
            }
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let names = try FileManager.default.contentsOfDirectory(atPath: file.deletingLastPathComponent().path)
            #expect(names == ["high-water"], "no draft stays behind")
        }
    }

    @Test(arguments: [[3, 7], [3, 7, 9]] as [[Int64]])
    func `a write cut off at any byte leaves the head before it, and the next write mends it`(sizes: [Int64]) throws {
        try self.withFile { mark, file in
            for size in sizes { try mark.raise(to: self.head(size)) }
            let before = try Data(contentsOf: file)
            try mark.raise(to: self.head(11))
            let after = try Data(contentsOf: file)
            #expect(before.count == after.count)
            for cut in 0...after.count {
                let cutOff = after.prefix(cut) + before.dropFirst(cut)
                try cutOff.write(to: file)
                let last = try mark.last()
                #expect(last == self.head(cutOff == after ? 11 : sizes.last!), "after \(cut) bytes")
                try mark.raise(to: self.head(12))
                let raised = try mark.last()
                #expect(raised == self.head(12))
            }
        }
    }

    @Test func `a flipped bit costs one line and never makes a head that was not written`() throws {
        try self.withFile { mark, file in
            try mark.raise(to: self.head(3))
            try mark.raise(to: self.head(7))
            let whole = try Data(contentsOf: file)
            for place in whole.indices {
                var spoiled = whole
                spoiled[place] ^= 0x10
                try spoiled.write(to: file)
                let last = try mark.last()
                #expect(last == self.head(3) || last == self.head(7), "byte \(place)")
            }
        }
    }

    @Test func `a file without one whole line is damage, not the absence of a file`() throws {
        try self.withFile { mark, file in
            try mark.raise(to: self.head(3))
            let whole = try Data(contentsOf: file)
            let others = [Data("no heads here\n".utf8), Data(repeating: 0xFF, count: whole.count)]
            for bytes in (0..<(whole.count / 2)).map({ whole.prefix($0) }) + others {
                try bytes.write(to: file)
                #expect(throws: HighWaterError.damaged(path: file.path)) { try mark.last() }
                #expect(throws: HighWaterError.damaged(path: file.path)) { try mark.raise(to: self.head(9)) }
            }
            try mark.replace(with: self.head(5))
            let last = try mark.last()
            #expect(last == self.head(5))
        }
    }

    @Test func `what cannot be read is not taken for absent`() throws {
        try self.withFile { mark, file in
            try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
            #expect(throws: HighWaterError.self) { try mark.last() }
            #expect(throws: HighWaterError.self) { try mark.raise(to: self.head(1)) }
        }
    }
}
