/** QR codes of payment links. */
export { qrCode } from "./qr.ts";
