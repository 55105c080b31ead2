/// What nobody waits for is done in steps, with rests between them: the processors are for those who wait.
extension ContinuousClock {
    /// Sleeps `times` as long as the step took that began at `start`.
    ///
    /// - Throws: `CancellationError`.
    func rest(_ times: Int, sinceStepAt start: Instant, atLeast least: Duration = .zero) async throws {
        try await self.sleep(until: self.now + max(least, (self.now - start) * times))
    }
}
