/** What the server takes, said before it has to refuse. */
export const newPassword = {
  required: "Choose a password",
  minLength: { value: 8, message: "At least 8 characters" },
  maxLength: { value: 128, message: "At most 128 characters" },
};
