/// What nobody waits for is done in steps, with rests between them: the processors are for those who wait.
extension ContinuousClock {
    /// Sleeps `times` as long as the step took that began at `start`.
    ///
    /// - Throws: `CancellationError`.
    func rest(_ times: Int, sinceStepAt start: Instant) async throws {
        try await self.sleep(for: (self.now - start) * times)
    }
}
