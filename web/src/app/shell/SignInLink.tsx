/** Where a visitor signs in; shown once the page for it is there. */
export const SignInLink = () => null;
