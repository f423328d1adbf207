/** The server's rules for passwords. */
export const newPassword = {
  required: "Choose a password",
  minLength: { value: 8, message: "At least 8 characters" },
  maxLength: { value: 128, message: "At most 128 characters" },
};
