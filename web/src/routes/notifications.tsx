/** `/me/notifications`: what this browser tells of. */
import { Settings } from "../features/notifications/Settings.tsx";
import { Personal } from "./Personal.tsx";

export const NotificationsRoute = () => (
  <Personal>
    <Settings />
  </Personal>
);
