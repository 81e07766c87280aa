/** QR codes. */
export { qrCode } from "./qr.ts";
