/** Second factors: one-time codes, recovery codes and passkeys, and what giving one is good for. */
export { useRecoveryCode } from "./recovery-codes.ts";
export { registerFactorRoutes } from "./routes.ts";
export { Code, RecoveryCode } from "./schemas.ts";
export { countCode, endFactors, lockOwner, proveCode } from "./second-factor.ts";
export { forgetEnrolments } from "./totp.ts";
