internal import HTTP
internal import Transparency

extension Witnesses {
    /// How large the checkpoint is that each witness has cosigned, as far as they answer in time.
    ///
    /// `note` is sent as if the witness had none, so one that has says its size (409, C2SP tlog-witness) and one that
    /// has not cosigns a checkpoint that was shown already. It must be one that was shown: a checkpoint signed for the
    /// asking would be a second history if the database is an older one.
    func sizes(asking note: SignedNote) async -> [(witness: String, size: Int64)] {
        let request = AddCheckpoint(oldSize: 0, proof: [], note: note)
        return await withTaskGroup(of: (String, Int64)?.self) { group in
            for witness in self.policy.witnesses where witness.url != nil {
                group.addTask {
                    do throws(HTTPClientError) {
                        let response = try await self.post(request, to: witness)
                        guard response.status == 409, let size = AddCheckpoint.size(in: response.body) else {
                            return nil
                        }
                        return (witness.name.description, size)
                    } catch {
                        return nil  // It knows nothing against us; publication says what is wrong with it.
                    }
                }
            }
            return await group.reduce(into: []) { sizes, answer in
                if let answer { sizes.append((witness: answer.0, size: answer.1)) }
            }
        }
    }
}
