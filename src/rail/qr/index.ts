export { qrCode } from "./qr.ts";
