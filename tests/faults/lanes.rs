//! Rounds of a trial side by side: as many lanes as there are processors, two at most.

/// Runs `lane(number, lanes)` in each lane and adds up what they give. A lane takes every round whose number leaves its
/// own when divided by `lanes`.
pub(crate) fn lanes<const N: usize>(lane: impl Fn(u64, u64) -> [u64; N] + Sync) -> [u64; N] {
    let processors = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let lanes = processors.min(2);
    let lane = &lane;
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..lanes)
            .map(|number| scope.spawn(move || lane(number, lanes)))
            .collect();
        let mut sum = [0; N];
        for thread in running {
            let counts = thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            for (all, one) in sum.iter_mut().zip(counts) {
                *all += one;
            }
        }
        sum
    })
}
