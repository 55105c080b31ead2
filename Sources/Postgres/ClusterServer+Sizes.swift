internal import Foundation

extension ClusterServer {
    /// Room for the ledger's indexes, whose keys are hashes and come at random places. Nothing here is about durability.
    ///
    /// After a checkpoint every page is logged whole the first time it changes, so with the default sizes a large ledger
    /// logs ten times what it stores; and new log segments cost an eighth of a batch when none are kept. Of a new cluster all
    /// are new, and would be written twice: as zeros, so that there is room for them, and with what they hold. The log goes to
    /// disk while a batch is written and not first at its end, so that a commit waits for little: that was an eighth as well.
    var sizes: String {
        """
        shared_buffers = \(self.poolSize)MB
        max_wal_size = 4GB
        min_wal_size = 1GB
        wal_compression = lz4
        wal_init_zero = off
        wal_writer_delay = 10ms
        """
    }

    /// Megabytes for the pool of pages: an eighth of what the tables and indexes take, 256 or more, but never over 8 GB or
    /// an eighth of the machine's memory, nor under 128.
    ///
    /// An eighth holds the indexes that are looked up at random. What is more only fills with rows that were appended and
    /// are not read again, each page of it memory that nobody has touched before, and the longer a page stays the less of its
    /// file is in the kernel's memory when it goes. At 1.2 million facts in one go a fact took PostgreSQL 19 to 22 us with 256
    /// MB (three runs), 23 to 26 with 512 and 23 to 27 with 128 (two each), where the indexes no longer fit.
    private var poolSize: UInt64 {
        let most = max(128, min(ProcessInfo.processInfo.physicalMemory >> 20 / 8, 8_192))
        return min(most, max(256, self.storedBytes >> 20 / 8))
    }

    /// What the tables and indexes take on disk.
    private var storedBytes: UInt64 {
        let tables = URL(fileURLWithPath: "\(self.directory)/data/base")
        guard let files = FileManager.default.enumerator(at: tables, includingPropertiesForKeys: [.fileSizeKey]) else {
            return 0
        }
        return files.reduce(0) { sum, file in
            // A file that cannot be looked at makes the pool a little smaller, and PostgreSQL says what is wrong with it.
            let size = (file as? URL).flatMap { try? $0.resourceValues(forKeys: [.fileSizeKey]).fileSize }
            return sum + UInt64(size ?? 0)
        }
    }
}
