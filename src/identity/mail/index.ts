/** Mail: a link for a new password, where the installation has a mail server. */
export { createRecoveryMails } from "./recovery.ts";
export { registerMailRoutes } from "./routes.ts";
export { createMailer, type MailSettings } from "./transport.ts";
