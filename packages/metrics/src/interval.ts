/** A confidence interval: lower and upper end. */
export type Interval = readonly [lower: number, upper: number]
