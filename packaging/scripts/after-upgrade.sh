# Of Arch only: others call the script of an installation.
upgraded
