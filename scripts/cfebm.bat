@echo off
rem Starts the command line of CF-EBM. CFEBM_OPTS: options of Java, such as -Xmx4g. JAVA_HOME: which Java; else the one in the path.
setlocal
set "home=%~dp0"
if "%home:~-1%"=="\" set "home=%home:~0,-1%"
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
"%java%" -XX:MaxNewSize=64m --add-opens=java.base/java.lang=ALL-UNNAMED %CFEBM_OPTS% "-Dcfebm.home=%home%" "-Dplugins.dir=%home%" -cp "%home%\lib\*" sc.fiji.cfebm.cli.Main %*
exit /b %ERRORLEVEL%
