/** `/help/how-it-works`, `/help/safety`: open to everybody. */
export { HowItWorks as HowItWorksRoute, Safety as SafetyRoute } from "../features/help/Help.tsx";
